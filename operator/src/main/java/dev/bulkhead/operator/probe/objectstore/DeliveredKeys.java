package dev.bulkhead.operator.probe.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.objectstore.BucketSecret;
import dev.bulkhead.operator.objectstore.StoreConnection;
import dev.bulkhead.operator.objectstore.StoreKind;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys as they were delivered: one GET of one Secret by its name, one of the ObjectStore. Only the key comes from the
 * Secret, so that an edited Secret cannot send the probe to a server that refuses everything.
 */
public final class DeliveredKeys implements LentKeys {
    private final KubernetesClient client;

    /** Reads with that client. */
    public DeliveredKeys(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<StoreConnection> of(Subject tenant) {
        String name = tenant.homes()
                .of(PartId.objectStore)
                .map(home -> home.place().backend())
                .orElse(null);
        if (name == null) {
            return Optional.empty();
        }
        return tenant.delivered(PartId.objectStore).flatMap(namespace -> {
            ObjectStore store =
                    client.resources(ObjectStore.class).withName(name).get();
            Secret secret = client.secrets()
                    .inNamespace(namespace.fullName())
                    .withName(BucketSecret.NAME)
                    .get();
            return connection(name, store, secret);
        });
    }

    @Override
    public boolean supplied(Subject tenant) {
        return tenant.homes()
                .of(PartId.objectStore)
                .map(home -> client.resources(ObjectStore.class)
                        .withName(home.place().backend())
                        .get())
                .map(store -> StoreKind.of(store.getSpec().driver()).keysSupplied())
                .orElse(false);
    }

    /**
     * What the servers of all ObjectStores have besides S3, as {@code HOST:PORT}, each once. What is S3 of one of them
     * tenants are to reach, whoever calls it internal.
     */
    public static List<String> internalEndpoints(KubernetesClient client) {
        List<ObjectStoreSpec> stores = client.resources(ObjectStore.class).list().getItems().stream()
                .map(ObjectStore::getSpec)
                .toList();
        return stores.stream()
                .flatMap(store -> store.internalEndpoints().stream())
                .filter(part -> stores.stream().noneMatch(store -> part.equals(authority(store.endpoint()))))
                .distinct()
                .sorted()
                .toList();
    }

    private static String authority(String endpoint) {
        URI uri = URI.create(endpoint);
        int usual = "https".equals(uri.getScheme()) ? 443 : 80;
        return uri.getHost() + ":" + (uri.getPort() < 0 ? usual : uri.getPort());
    }

    private static Optional<StoreConnection> connection(
            String name, @Nullable ObjectStore store, @Nullable Secret secret) {
        if (store == null || secret == null || secret.getData() == null) {
            return Optional.empty();
        }
        String id = secret.getData().get("access-key-id");
        String key = secret.getData().get("secret-access-key");
        if (id == null || key == null) {
            return Optional.empty();
        }
        URI endpoint = URI.create(store.getSpec().endpoint());
        return Optional.of(new StoreConnection(
                name,
                endpoint,
                endpoint,
                store.getSpec().region(),
                text(id),
                text(key),
                store.getSpec().caCertificate(),
                StoreConnection.Limits.DEFAULT));
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
