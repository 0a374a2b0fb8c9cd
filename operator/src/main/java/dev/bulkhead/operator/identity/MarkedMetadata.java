package dev.bulkhead.operator.identity;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import java.util.TreeMap;

/** Metadata of what the operator makes for a tenant: name, place and the marks. */
public final class MarkedMetadata {
    /** Label that the API server sets on every namespace; policies select foreign namespaces by it. */
    public static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";

    private MarkedMetadata() {}

    /** Of an object in a namespace of the tenant. */
    public static ObjectMeta of(TenantNamespace namespace, TenantIdentity identity, String name) {
        return of(namespace, identity, name, Map.of());
    }

    /** Of an object in a namespace of the tenant, with labels besides the marks. */
    public static ObjectMeta of(
            TenantNamespace namespace, TenantIdentity identity, String name, Map<String, String> labels) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace.fullName())
                .withLabels(labels(namespace, identity, labels))
                .build();
    }

    /** Of the namespace itself, with labels besides the marks, and annotations. */
    public static ObjectMeta ofNamespace(
            TenantNamespace namespace,
            TenantIdentity identity,
            Map<String, String> labels,
            Map<String, String> annotations) {
        Map<String, String> all = labels(namespace, identity, labels);
        all.put(NAMESPACE_NAME, namespace.fullName());
        return new ObjectMetaBuilder()
                .withName(namespace.fullName())
                .withLabels(all)
                .withAnnotations(annotations)
                .build();
    }

    private static Map<String, String> labels(
            TenantNamespace namespace, TenantIdentity identity, Map<String, String> more) {
        Map<String, String> labels = new TreeMap<>(more);
        labels.putAll(Marks.of(namespace.tenant(), identity));
        return labels;
    }
}
