package dev.bulkhead.e2e.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.util.function.UnaryOperator;

/** Changes that a test makes to objects which controllers and the operator write at the same time. */
public final class Edits {
    private static final int ATTEMPTS = 20;

    private Edits() {}

    /**
     * Reads the object, changes it and writes it; begins anew when somebody else wrote it in between.
     *
     * @return what the API server made of it
     * @throws KubernetesClientException when the API server refuses the change, or somebody else wins each time
     */
    public static <T extends HasMetadata> T edit(Resource<T> resource, UnaryOperator<T> change) {
        for (int attempt = 1; ; attempt++) {
            try {
                return resource.edit(change);
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
