package dev.bulkhead.operator.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** Namespaces and policies as a few words. */
public final class Policies {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Policies() {}

    /** A policy, its spec in YAML. */
    public static NetworkPolicy policy(String namespace, String name, String spec) {
        try {
            return new NetworkPolicyBuilder()
                    .withNewMetadata()
                    .withNamespace(namespace)
                    .withName(name)
                    .endMetadata()
                    .withSpec(YAML.readValue(spec, NetworkPolicySpec.class))
                    .build();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A namespace with these labels and the one that the API server adds. */
    public static Namespace namespace(String name, Map<String, String> labels) {
        Map<String, String> all = new TreeMap<>(labels);
        all.put("kubernetes.io/metadata.name", name);
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(all)
                .endMetadata()
                .build();
    }
}
