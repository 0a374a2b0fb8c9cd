package dev.bulkhead.operator.identity;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The marks by which the operator knows what is its own. Nothing without them is ever adopted, changed or deleted. */
public final class Marks {
    /** Label: name of the Tenant. */
    public static final String TENANT = "bulkhead.dev/tenant";

    /** Label: identity of the tenant; NetworkPolicies select by it. */
    public static final String IDENTITY = "bulkhead.dev/identity";

    /** Label: {@code true} on every object the operator made. Never on pod templates. */
    public static final String OWNED = "bulkhead.dev/owned";

    /** Label: the tenant's own name of the namespace, the part after {@code --}. */
    public static final String NAMESPACE = "bulkhead.dev/namespace";

    /** Label: name of a workflow, on its Deployment and its pods. */
    public static final String WORKFLOW = "bulkhead.dev/workflow";

    /** Annotation on pod templates: changes when the Secrets given to the workflow change. */
    public static final String GIVEN = "bulkhead.dev/given";

    /** Beginning of the annotations of a namespace that say what its tenant may do there; admission policies read them. */
    public static final String ALLOWED = "bulkhead.dev/allowed-";

    /**
     * Annotation on the Secret with the operator's account on a server or store: the only places the account may be shown
     * to, each {@code host:port}, with blanks between.
     */
    public static final String HOSTS = "bulkhead.dev/hosts";

    private Marks() {}

    /** The three labels of every object of a tenant. */
    public static Map<String, String> of(String tenant, TenantIdentity identity) {
        return Collections.unmodifiableMap(
                new TreeMap<>(Map.of(TENANT, tenant, IDENTITY, identity.value(), OWNED, "true")));
    }

    /** The three labels and one more. */
    public static Map<String, String> of(String tenant, TenantIdentity identity, String label, String value) {
        Map<String, String> labels = new TreeMap<>(of(tenant, identity));
        labels.put(label, value);
        return labels;
    }

    /** Whether the object carries our mark for this identity. */
    public static boolean ours(HasMetadata object, TenantIdentity identity) {
        return "true".equals(label(object, OWNED)) && Objects.equals(label(object, IDENTITY), identity.value());
    }

    /** A label of an object, or null. */
    public static @Nullable String label(HasMetadata object, String key) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels == null ? null : labels.get(key);
    }
}
