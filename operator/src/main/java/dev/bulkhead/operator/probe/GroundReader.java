package dev.bulkhead.operator.probe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.probe.Ground.GroundObject;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what attacks rest on, fresh: one request for each object, none of it out of a cache. */
public final class GroundReader {
    private final KubernetesClient client;

    /** Reads with the client. */
    public GroundReader(KubernetesClient client) {
        this.client = client;
    }

    /**
     * What attacks on these tenants rest on, now.
     *
     * @throws KubernetesClientException when something of it cannot be read
     */
    Ground read(Collection<String> names) {
        Map<String, Tenant> tenants = new HashMap<>();
        Map<String, GroundObject> objects = new HashMap<>();
        for (String name : names) {
            JsonNode tree = tree(Tenant.class.getSimpleName(), name).orElse(null);
            if (tree == null) {
                continue;
            }
            Tenant tenant = client.getKubernetesSerialization().convertValue(tree, Tenant.class);
            tenants.put(name, tenant);
            objects.put(Ground.named("Tenant", name), new GroundObject(Ground.version(tenant), changed(tree)));
            for (String rests : Ground.restsOn(tenant)) {
                if (!objects.containsKey(rests)) {
                    String[] kindAndName = rests.split(" ", 2);
                    tree(kindAndName[0], kindAndName[1]).ifPresent(object -> objects.put(rests, object(object)));
                }
            }
        }
        return new Ground(tenants, objects);
    }

    private static GroundObject object(JsonNode tree) {
        JsonNode metadata = tree.path("metadata");
        return new GroundObject(
                metadata.path("uid").asText() + " generation "
                        + metadata.path("generation").asLong(),
                changed(tree));
    }

    /** As it comes: who wrote it when is what the client otherwise leaves out. */
    private Optional<JsonNode> tree(String kind, String name) {
        String path = "/apis/" + HasMetadata.getApiVersion(Tenant.class) + "/" + kind.toLowerCase(java.util.Locale.ROOT)
                + "s/" + name;
        try {
            String text = client.raw(path);
            return Optional.ofNullable(text)
                    .map(found -> client.getKubernetesSerialization().unmarshal(found, JsonNode.class));
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static @Nullable Instant changed(JsonNode tree) {
        Instant newest = null;
        for (JsonNode writer : tree.path("metadata").path("managedFields")) {
            if (writer.path("subresource").asText().isEmpty() && writer.hasNonNull("time")) {
                Instant at = Instant.parse(writer.path("time").asText());
                newest = newest == null || at.isAfter(newest) ? at : newest;
            }
        }
        return newest;
    }
}
