package dev.bulkhead.operator.kube;

import dev.bulkhead.api.v1beta1.Tenant;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;

/** One Event for each change of state of a Tenant, as {@code kubectl describe tenant} shows them. */
public final class TenantEvents {
    private final ClusterEvents events;

    /** Publishes as the operator instance of that name. */
    public TenantEvents(KubernetesClient client, Clock clock, String instance) {
        this.events = new ClusterEvents(client, clock, instance);
    }

    /**
     * Publishes an Event; a failure to do so is logged and holds nothing up.
     *
     * @param warning whether somebody should look
     * @param reason CamelCase word, as in the condition
     */
    public void publish(Tenant tenant, boolean warning, String reason, String note) {
        events.publish(
                new ObjectReferenceBuilder()
                        .withApiVersion(tenant.getApiVersion())
                        .withKind(tenant.getKind())
                        .withName(tenant.getMetadata().getName())
                        .withUid(tenant.getMetadata().getUid())
                        .build(),
                warning,
                reason,
                "Reconcile",
                note);
    }
}
