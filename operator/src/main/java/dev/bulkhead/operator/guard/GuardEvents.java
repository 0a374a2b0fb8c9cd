package dev.bulkhead.operator.guard;

import dev.bulkhead.operator.kube.ClusterEvents;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;

/** Warnings about guards, as Events of the policy or the binding. */
final class GuardEvents {
    private final ClusterEvents events;

    GuardEvents(KubernetesClient client, Clock clock, String instance) {
        this.events = new ClusterEvents(client, clock, instance);
    }

    /** Publishes a Warning; a failure to do so is logged and holds nothing up. */
    void publish(GuardText guard, String reason, String note) {
        events.publish(
                new ObjectReferenceBuilder()
                        .withApiVersion("admissionregistration.k8s.io/v1")
                        .withKind(guard.kind())
                        .withName(guard.name())
                        .build(),
                true,
                reason,
                "KeepGuards",
                note);
    }
}
