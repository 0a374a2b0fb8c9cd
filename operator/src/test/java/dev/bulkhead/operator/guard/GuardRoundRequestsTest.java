package dev.bulkhead.operator.guard;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.bulkhead.operator.fixture.ScriptedApi;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A round against an API server that answers nothing is long, and no reason to take the process for one that hangs. */
class GuardRoundRequestsTest {
    private static final String TEXTS = "GET /api/v1/namespaces/bulkhead-system/configmaps/bulkhead-guards";
    private static final String WRITTEN = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: { name: bulkhead-images, labels: { bulkhead.dev/guard: "11" } }
            spec: { failurePolicy: Fail }
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: { name: bulkhead-images, labels: { bulkhead.dev/guard: "11" } }
            spec: { policyName: bulkhead-images, validationActions: [Deny] }
            """;

    private final ScriptedApi api = new ScriptedApi();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void each_object_that_cannot_be_looked_at_is_told_once() {
        texts();
        texts();
        away();
        Logger log = (Logger) LoggerFactory.getLogger(GuardKeeper.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            GuardKeeper keeper = new GuardKeeper(api.client(), "bulkhead-system", Clock.systemUTC(), "test");

            keeper.round();
            assertThat(lines.list).hasSize(2);
            keeper.round();
            assertThat(lines.list).hasSize(2);
        } finally {
            log.detachAppender(lines);
        }
    }

    @Test
    void it_says_that_it_goes_on_after_each_object() {
        texts();
        away();
        GuardKeeper keeper = new GuardKeeper(api.client(), "bulkhead-system", Clock.systemUTC(), "test");
        List<Integer> beats = new ArrayList<>();

        keeper.round(() -> beats.add(api.requests().size()));

        // The texts, and each object three times.
        assertThat(beats).containsExactly(4, 7);
        assertThat(keeper.state().intact()).isFalse();
    }

    private void texts() {
        api.answer(
                TEXTS,
                200,
                new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("bulkhead-guards")
                        .endMetadata()
                        .addToData("11.yaml", WRITTEN)
                        .build());
    }

    private void away() {
        String objects = "GET /apis/admissionregistration.k8s.io/v1/validatingadmissionpolic";
        api.refuseAlways(objects + "ies/bulkhead-images", 503, "away");
        api.refuseAlways(objects + "ybindings/bulkhead-images", 503, "away");
    }
}
