package dev.bulkhead.operator.kube;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
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

/** Events about objects that lie in no namespace, as {@code kubectl describe} shows them. */
public final class ClusterEvents {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterEvents.class);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** Events about cluster-scoped objects live here; the API server refuses them anywhere else. */
    private static final String NAMESPACE = "default";

    /** The API server takes 1,024 characters. */
    private static final int LONGEST_NOTE = 1_000;

    private final KubernetesClient client;
    private final Clock clock;
    private final String instance;

    /** Publishes as the operator instance of that name. */
    public ClusterEvents(KubernetesClient client, Clock clock, String instance) {
        this.client = client;
        this.clock = clock;
        this.instance = instance;
    }

    /**
     * Publishes an Event; a failure to do so is logged and holds nothing up.
     *
     * @param warning whether somebody should look
     * @param reason CamelCase word, as in the condition
     * @param action CamelCase word: what the operator was doing
     */
    public void publish(ObjectReference about, boolean warning, String reason, String action, String note) {
        // Named here and not by the server: a request that is sent again, for its answer was lost, makes no second
        // Event.
        Event event = new EventBuilder()
                .withNewMetadata()
                .withName(about.getName() + "-" + UUID.randomUUID())
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withEventTime(new MicroTime(MICROS.format(clock.instant())))
                .withType(warning ? "Warning" : "Normal")
                .withReason(reason)
                .withAction(action)
                .withNote(note.length() > LONGEST_NOTE ? note.substring(0, LONGEST_NOTE) + " …" : note)
                .withReportingController("bulkhead.dev/operator")
                .withReportingInstance(instance)
                .withRegarding(about)
                .build();
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == 409) {
                return; // it is there: the answer to the first request was lost
            }
            LOG.atWarn()
                    .addKeyValue("object", about.getKind() + " " + about.getName())
                    .addKeyValue("reason", reason)
                    .addKeyValue("code", e.getCode())
                    .log("event not published");
        }
    }
}
