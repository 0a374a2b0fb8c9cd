package dev.bulkhead.operator.identity;

import java.util.Comparator;

/** A Secret that a workflow reads, as files or as variables. */
public record GivenSecret(TenantNamespace namespace, String name) implements Comparable<GivenSecret> {
    private static final Comparator<GivenSecret> ORDER =
            Comparator.comparing(GivenSecret::namespace).thenComparing(GivenSecret::name);

    @Override
    public int compareTo(GivenSecret other) {
        return ORDER.compare(this, other);
    }
}
