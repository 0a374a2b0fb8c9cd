package dev.bulkhead.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.operator.backend.BackendRounds.Round;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.kube.ClusterEvents;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A look that ends in any way is told of, and is about the object that was looked at. */
class BackendRoundsTest {
    private final ExecutorService threads = Executors.newSingleThreadExecutor();
    private final KubernetesClient nowhere = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:1")
                    .withRequestRetryBackoffLimit(0)
                    .withConnectionTimeout(500)
                    .build())
            .build();

    @AfterEach
    void close() {
        threads.shutdownNow();
        nowhere.close();
    }

    @Test
    void a_look_that_cannot_even_read_the_account_makes_the_server_not_ready() throws InterruptedException {
        OperatorSecrets secrets = new OperatorSecrets(nowhere, "bulkhead-keys");
        BackendRegistry<DatabaseServer, SchemaPlan> registry = new BackendRegistry<>(
                new BackendRegistryTest.TestKind(new ArrayList<>()),
                secrets,
                _ -> Optional.empty(),
                Duration.ofMinutes(1),
                Clock.systemUTC());
        BackendRounds<DatabaseServer, SchemaPlan> rounds = new BackendRounds<>(
                registry,
                new BackendReconciler.LookSurroundings(
                        _ -> {},
                        new Sweeps(),
                        threads,
                        Duration.ofMinutes(1),
                        Clock.systemUTC(),
                        Optional::empty,
                        new ClusterEvents(nowhere, Clock.systemUTC(), "test")));
        CountDownLatch ended = new CountDownLatch(1);

        rounds.begin(server("one", 1), ended::countDown);

        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        Round round = rounds.taken("pg-one").orElseThrow();
        Finding trouble = Objects.requireNonNull(round.trouble());
        assertThat(trouble.subject()).isEqualTo("DatabaseServer pg-one");
        assertThat(trouble.reason()).isEqualTo(Reason.KubernetesUnavailable);
        assertThat(round.isOf(server("one", 1))).isTrue();
        assertThat(round.isOf(server("one", 2)))
                .as("its spec changed meanwhile")
                .isFalse();
        assertThat(round.isOf(server("two", 1))).as("another took its name").isFalse();
    }

    private static DatabaseServer server(String uid, long generation) {
        DatabaseServer object = new DatabaseServer();
        object.setMetadata(new ObjectMetaBuilder()
                .withName("pg-one")
                .withUid(uid)
                .withGeneration(generation)
                .build());
        return object;
    }
}
