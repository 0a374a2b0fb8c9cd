package dev.bulkhead.operator.probe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.probe.Ground.GroundObject;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what attacks rest on, fresh: one request for each object, none of it out of a cache. It keeps of each what its
 * generation was and since when: whoever writes annotations all the time changes nothing that counts.
 */
public final class GroundReader {
    private final KubernetesClient client;
    private final Clock clock;
    private final Map<String, SeenVersion> seen = new ConcurrentHashMap<>();

    /** Reads with the client. */
    public GroundReader(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    private record SeenVersion(String version, Instant since) {}

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
            String itself = Ground.named("Tenant", name);
            objects.put(itself, new GroundObject(Ground.version(tenant), changed(itself, tree)));
            for (String rests : Ground.restsOn(tenant)) {
                if (!objects.containsKey(rests)) {
                    String[] kindAndName = rests.split(" ", 2);
                    tree(kindAndName[0], kindAndName[1])
                            .ifPresent(object ->
                                    objects.put(rests, new GroundObject(version(object), changed(rests, object))));
                }
            }
        }
        return new Ground(tenants, objects);
    }

    private static String version(JsonNode tree) {
        JsonNode metadata = tree.path("metadata");
        return metadata.path("uid").asText() + " generation "
                + metadata.path("generation").asLong();
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

    /**
     * When what is asked for was last written. A writer's time is also that of its last annotation, so a generation that
     * was here before is no younger than that.
     */
    private @Nullable Instant changed(String name, JsonNode tree) {
        SeenVersion now = new SeenVersion(version(tree), clock.instant());
        SeenVersion first = seen.merge(name, now, (old, _) -> old.version().equals(now.version()) ? old : now);
        Instant written = written(tree);
        return written != null && first.since().isBefore(written) ? first.since() : written;
    }

    private static @Nullable Instant written(JsonNode tree) {
        Instant newest = null;
        for (JsonNode writer : tree.path("metadata").path("managedFields")) {
            if (writer.path("fieldsV1").has("f:spec") && writer.hasNonNull("time")) {
                Instant at = Instant.parse(writer.path("time").asText());
                newest = newest == null || at.isAfter(newest) ? at : newest;
            }
        }
        return newest;
    }
}
