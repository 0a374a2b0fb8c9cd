package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL or S3 does what it is asked, and the connection breaks before it says so. The operator lives on, does not
 * know, and gets there. What the API server does not say is {@link ApiTroubleIT}'s.
 */
@ExtendWith(StackExtension.class)
class LostAnswerIT {
    @TempDir
    private Path directory;

    @Test
    void whichever_answer_is_lost_the_same_operator_ends_where_an_undisturbed_one_would(
            KubernetesClient admin, StackEndpoints endpoints) {
        Platform platform = Platform.install(admin, endpoints, directory);
        Wire wire = new Wire();
        SoftAssertions softly = new SoftAssertions();
        try (CompartmentCopy compartment = new CompartmentCopy(platform)) {
            List<Wire.Write> writes;
            try (Platform.RunningOperator _ = platform.operator(wire, Duration.ofHours(1))) {
                platform.apply(SmallTenant.named("answered-first").yaml()); // the database is prepared with it
                platform.awaitReady("answered-first");
                wire.record();
                platform.apply(SmallTenant.named("answered").yaml());
                platform.awaitReady("answered");
                Map<String, String> end = compartment.of("answered");
                writes = wire.writes().stream()
                        .filter(w -> w.backend() != Backend.kubernetes)
                        .toList();
                assertThat(writes).hasSizeGreaterThanOrEqualTo(5);
                for (int i = 0; i < writes.size(); i++) {
                    String name = "unanswered-" + i;
                    wire.loseAnswerTo(writes.get(i));
                    platform.apply(SmallTenant.named(name).yaml());
                    platform.awaitReady(name);
                    softly.assertThat(wire.hasLostIt())
                            .as("lost: %s", writes.get(i))
                            .isTrue();
                    softly.assertThat(Differences.between(end, compartment.of(name)))
                            .as("without the answer to %s", writes.get(i))
                            .isEmpty();
                }
            }
            for (int i = 0; i < writes.size(); i++) {
                compartment.forget("unanswered-" + i);
            }
            List.of("answered-first", "answered").forEach(compartment::forget);
        }
        softly.assertAll();
    }
}
