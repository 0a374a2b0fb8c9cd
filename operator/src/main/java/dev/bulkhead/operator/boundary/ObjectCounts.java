package dev.bulkhead.operator.boundary;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many objects of a kind fit into one namespace, the operator's own included. They keep one tenant from filling etcd
 * and everybody's caches; a tenant that works normally never meets them. Every kind that the tenant's roles can create is
 * here, and what Kubernetes makes of those without end.
 */
@Pure
public final class ObjectCounts {
    /**
     * Kinds that the operator makes, too. Guard 17 leaves the upper half of them to it, so that a tenant that used its
     * half up keeps nothing of the operator's out.
     */
    private static final Map<String, Long> SHARED = Map.of(
            "configmaps", 400L,
            "deployments.apps", 200L,
            "networkpolicies.networking.k8s.io", 400L,
            "poddisruptionbudgets.policy", 200L,
            "rolebindings.rbac.authorization.k8s.io", 400L,
            "secrets", 400L,
            "serviceaccounts", 200L);

    private static final Map<String, Long> OTHERS = Map.ofEntries(
            // One for each version of a StatefulSet, as many as its owner says.
            Map.entry("controllerrevisions.apps", 1000L),
            Map.entry("cronjobs.batch", 50L),
            Map.entry("daemonsets.apps", 10L),
            Map.entry("horizontalpodautoscalers.autoscaling", 50L),
            Map.entry("jobs.batch", 200L),
            Map.entry("limitranges", 10L),
            Map.entry("replicasets.apps", 1000L),
            Map.entry("replicationcontrollers", 50L),
            // Devices by another way than the quota's: no tenant has any.
            Map.entry("resourceclaims.resource.k8s.io", 0L),
            Map.entry("resourceclaimtemplates.resource.k8s.io", 0L),
            Map.entry("resourcequotas", 10L),
            Map.entry("roles.rbac.authorization.k8s.io", 50L),
            Map.entry("services", 50L),
            Map.entry("statefulsets.apps", 50L),
            // Of each comes a Secret.
            Map.entry("tenantsecrets.bulkhead.dev", 100L));

    private static final long VOLUME_CLAIMS = 50;

    /** Pods that have ended stay until somebody deletes them, and {@code pods} counts only the others. */
    private static final long ENDED_PODS = 1000;

    private ObjectCounts() {}

    /** By kind, as {@code count/} names it: {@code jobs.batch}, {@code services}. */
    public static SortedMap<String, Long> of(Share share) {
        SortedMap<String, Long> counts = new TreeMap<>(SHARED);
        counts.putAll(OTHERS);
        counts.put("persistentvolumeclaims", share.storage() == 0 ? 0 : VOLUME_CLAIMS);
        counts.put("pods", share.pods() + ENDED_PODS);
        return counts;
    }
}
