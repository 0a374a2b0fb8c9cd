package dev.bulkhead.operator.guard;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warnings about guards, as Events of the policy or the binding. */
final class GuardEvents {
    private static final Logger LOG = LoggerFactory.getLogger(GuardEvents.class);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** Events about cluster-scoped objects live here; the API server refuses them anywhere else. */
    private static final String NAMESPACE = "default";

    private final KubernetesClient client;
    private final Clock clock;
    private final String instance;

    GuardEvents(KubernetesClient client, Clock clock, String instance) {
        this.client = client;
        this.clock = clock;
        this.instance = instance;
    }

    /** Publishes a Warning; a failure to do so is logged and holds nothing up. */
    void publish(GuardText guard, String reason, String note) {
        // Named here and not by the server: a request that is sent again, for its answer was lost, makes no second
        // Event.
        Event event = new EventBuilder()
                .withNewMetadata()
                .withName(guard.name() + "-" + UUID.randomUUID())
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withEventTime(new MicroTime(MICROS.format(clock.instant())))
                .withType("Warning")
                .withReason(reason)
                .withAction("KeepGuards")
                .withNote(note)
                .withReportingController("bulkhead.dev/operator")
                .withReportingInstance(instance)
                .withRegarding(new ObjectReferenceBuilder()
                        .withApiVersion("admissionregistration.k8s.io/v1")
                        .withKind(guard.kind())
                        .withName(guard.name())
                        .build())
                .build();
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == 409) {
                return; // it is there: the answer to the first request was lost
            }
            LOG.atWarn()
                    .addKeyValue("guard", guard.guard())
                    .addKeyValue("reason", reason)
                    .addKeyValue("code", e.getCode())
                    .log("event not published");
        }
    }
}
