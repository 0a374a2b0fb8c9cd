package dev.bulkhead.operator.validate;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers what is wrong with one Tenant, all of it and not only the first. Lives for one validation. */
final class Findings {
    private final List<Finding> list = new ArrayList<>();

    void add(Reason reason, String subject, String message) {
        list.add(new Finding(reason, subject, message));
    }

    void addAll(Collection<Finding> findings) {
        list.addAll(findings);
    }

    boolean isEmpty() {
        return list.isEmpty();
    }

    /** In the order they were found. */
    List<Finding> list() {
        return List.copyOf(list);
    }

    /** Whether a field that has to be there is; a Tenant read from a file may lack what the API server demands. */
    boolean given(String subject, @Nullable Object value) {
        boolean given = value != null && !(value instanceof String text && text.isEmpty());
        if (!given) {
            add(Reason.InvalidSpec, subject, "is missing; every Tenant needs it");
        }
        return given;
    }

    /** A finding for every value that was there before. */
    void distinct(String subject, Collection<String> values) {
        Set<String> seen = new HashSet<>();
        for (String value : values) {
            if (!seen.add(value)) {
                add(Reason.InvalidSpec, subject, "names " + Quoted.of(value) + " twice; name it once");
            }
        }
    }
}
