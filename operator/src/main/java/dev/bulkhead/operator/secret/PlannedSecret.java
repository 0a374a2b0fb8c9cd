package dev.bulkhead.operator.secret;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A Secret that is to lie in a tenant's namespace. The plan names credentials instead of holding them, so it can be
 * printed, logged and reviewed.
 *
 * @param namespace full name
 * @param type Kubernetes Secret type
 * @param labels our marks
 * @param data by key, sorted
 */
public record PlannedSecret(
        String namespace, String name, String type, Map<String, String> labels, SortedMap<String, Value> data) {

    /** Makes collections immutable. */
    public PlannedSecret {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        data = Collections.unmodifiableSortedMap(new TreeMap<>(data));
    }

    /** One value of a planned Secret. */
    public sealed interface Value {
        /** What the plan knows already. */
        record Text(String text) implements Value {}

        /**
         * A stored credential, with text around it; filled in from the key ring when the Secret is written.
         *
         * @param before text before the credential, such as {@code postgresql://user:}
         * @param after text after it
         */
        record Credential(String before, Purpose purpose, String after) implements Value {}
    }

    /** {@code namespace/name}. */
    public String subject() {
        return namespace + "/" + name;
    }
}
