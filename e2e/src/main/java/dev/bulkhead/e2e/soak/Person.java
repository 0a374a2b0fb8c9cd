package dev.bulkhead.e2e.soak;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A tenant's admin who has logged in; what they do is counted. */
final class Person implements AutoCloseable {
    private final KubernetesClient client;
    private final Attempts attempts;

    Person(KubernetesClient admin, String name, Attempts attempts) {
        this.attempts = attempts;
        this.client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(admin.getConfiguration())
                        .withImpersonateUsername(name)
                        .withImpersonateGroups("system:authenticated")
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    KubernetesClient client() {
        return client;
    }

    /** Applies objects of a YAML text. */
    boolean apply(String kind, String yaml) {
        return tried(kind, () -> {
                    HasMetadata object = client.getKubernetesSerialization().unmarshal(yaml);
                    return client.resource(object)
                            .fieldManager("admin")
                            .forceConflicts()
                            .serverSideApply();
                })
                != null;
    }

    /** Deletes what there is of a selection. */
    void delete(String kind, Supplier<List<StatusDetails>> deletion) {
        var _ = tried(kind, deletion);
    }

    private <T> @Nullable T tried(String kind, Supplier<T> act) {
        try {
            T result = act.get();
            attempts.worked(kind);
            return result;
        } catch (KubernetesClientException e) {
            attempts.refused(
                    kind,
                    e.getStatus() == null
                            ? String.valueOf(e.getCause())
                            : e.getStatus().getMessage());
            return null;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
