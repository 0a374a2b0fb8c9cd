package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.bulkhead.operator.backend.OpenBackend.BackendLook;
import dev.bulkhead.operator.backend.OpenBackend.Stored;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.fixture.SetClock;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.FileMasterKeys;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRings;
import dev.bulkhead.operator.secret.Purpose;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Who is let in on a store that does not keep buckets apart. What a trial finds is scripted; the server is real. */
class OpenObjectStoreIT {
    @TempDir
    private Path directory;

    private final TestStore store = TestStore.start(StoreKind.SeaweedFs);
    private final BucketsApartWatchTest.ScriptedTrial trial = new BucketsApartWatchTest.ScriptedTrial();
    private final SetClock time = new SetClock();
    private final OpenObjectStore open = open();
    private final TenantIdentity tenant = Fixtures.freshIdentity();

    private FileMasterKeys masterKeys;

    private OpenObjectStore open(String... internalEndpoints) {
        return new OpenObjectStore(
                store.server.connection(),
                store.driver,
                _ -> 0,
                new KeyTrials(ExternalCalls.unobserved()),
                new InternalEndpoints(List.of(internalEndpoints)),
                new BucketsApartWatch(trial, new AtomicReference<>(), Clock.systemUTC()),
                new BucketSizes("objects-1", store.driver::size, Runnable::run, time),
                MintedKeys.none());
    }

    @BeforeEach
    void keys() throws Exception {
        Files.write(directory.resolve("mk-1"), "a master key of thirty-two bytes".getBytes(StandardCharsets.US_ASCII));
        masterKeys = FileMasterKeys.load(directory);
    }

    @AfterEach
    void stop() {
        masterKeys.close();
        store.close();
    }

    @Test
    void nobody_is_let_in_before_it_was_tried_and_all_are_once_nothing_got_through() {
        assertThat(waiting()).isEqualTo(Reason.BucketsNotApart);

        BackendLook.Seen seen = look();

        assertThat(seen.flaw()).isNull();
        assertThat(seen.capabilities())
                .anyMatch(c -> c.name().equals("keepsBucketsApart") && c.available())
                .contains(SeaweedFsLifecycle.Runs.told());
        assertThat(open.apply(store.plan(tenant), ring())).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void where_something_got_through_the_store_says_what_and_nobody_new_is_let_in() {
        trial.result = CarrierResult.THROUGH;

        BackendLook.Seen seen = look();

        assertThat(Objects.requireNonNull(seen.flaw()).reason()).isEqualTo(Reason.BucketsNotApart);
        assertThat(seen.flaw().text()).contains("got out of a bucket by marker");
        assertThat(seen.capabilities()).anyMatch(c -> c.name().equals("keepsBucketsApart") && !c.available());
        assertThat(waiting()).isEqualTo(Reason.BucketsNotApart);
        assertThat(store.driver.bucketNames()).doesNotContain(tenant.bucket());
    }

    @Test
    void where_another_part_of_the_server_answers_anybody_nobody_new_is_let_in_either() throws Exception {
        HttpServer part = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int[] status = {200};
        part.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status[0], -1);
            exchange.close();
        });
        part.start();
        try {
            OpenObjectStore reachable = open("127.0.0.1:" + part.getAddress().getPort());

            BackendLook.Seen seen = (BackendLook.Seen) reachable.look();

            assertThat(Objects.requireNonNull(seen.flaw()).text()).contains("answers without credentials");
            assertThat(reachable.apply(store.plan(tenant), ring()).findings())
                    .extracting(Finding::reason)
                    .containsExactly(Reason.BucketsNotApart);

            status[0] = 401;
            assertThat(((BackendLook.Seen) reachable.look()).flaw()).isNull();
            assertThat(reachable.apply(store.plan(tenant), ring())).isInstanceOf(Outcome.Done.class);
        } finally {
            part.stop(0);
        }
    }

    @Test
    void who_is_in_stays_in_and_a_key_that_was_taken_is_not_made_again() {
        look();
        BucketPlan plan = store.plan(tenant);
        assertThat(open.apply(plan, ring())).isInstanceOf(Outcome.Done.class);
        trial.result = CarrierResult.THROUGH;
        trial.server = "newer";
        look();

        assertThat(open.apply(plan, ring())).as("as remembered").isEqualTo(Outcome.unchanged());
        open.forget(tenant);
        assertThat(open.apply(plan, ring())).as("as the server says").isInstanceOf(Outcome.Done.class);

        assertThat(open.shut(store.closed(tenant))).isInstanceOf(Outcome.Done.class);
        assertThat(waiting()).isEqualTo(Reason.BucketsNotApart);
    }

    /** Up to a minute after the server's start it counts nothing: by hand. */
    @Test
    @EnabledIfSystemProperty(named = "bulkhead.upkeep", matches = "true")
    void what_a_bucket_holds_is_told_after_a_while_and_goes_with_the_tenant() {
        look();
        BucketPlan plan = store.plan(tenant);
        open.apply(plan, ring());
        Map<TenantIdentity, BucketPlan> plans = Map.of(tenant, plan);
        assertThat(open.stored(plans)).containsExactly(Map.entry(tenant, new Stored(null, null)));
        S3Client client = store.client(tenant, Slot.One);
        client.putObject(r -> r.bucket(plan.bucket()).key("letter"), RequestBody.fromBytes(new byte[1 << 20]));
        await("the server has counted it")
                .atMost(Duration.ofSeconds(90))
                .until(() -> store.driver.size(plan.bucket()) > 1 << 20);
        store.calls.clear();

        open.sweep(plans);
        time.pass(Duration.ofMinutes(2));
        open.sweep(plans);

        long before = Objects.requireNonNull(used(plans));
        assertThat(before).isBetween(1L << 20, 1_100_000L);
        client.putObject(r -> r.bucket(plan.bucket()).key("letter"), RequestBody.fromBytes(new byte[2 << 20]));
        await("the server has counted it")
                .atMost(Duration.ofSeconds(30))
                .until(() -> store.driver.size(plan.bucket()) > 3 << 20);
        time.pass(Duration.ofMinutes(15));
        open.sweep(plans);
        assertThat(used(plans)).as("an old version counts").isBetween(before + (2 << 20), before + 2_200_000);
        assertThat(store.calls.writes()).isEmpty();

        open.forget(tenant);
        assertThat(used(plans)).isNull();
        assertThat(open.stored(Map.of())).isEmpty();
    }

    private @Nullable Long used(Map<TenantIdentity, BucketPlan> plans) {
        return Objects.requireNonNull(open.stored(plans).get(tenant)).used();
    }

    private BackendLook.Seen look() {
        return (BackendLook.Seen) open.look();
    }

    private Reason waiting() {
        Outcome outcome = open.apply(store.plan(tenant), ring());
        assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
        return outcome.findings().getFirst().reason();
    }

    private KeyRing ring() {
        return new KeyRings(masterKeys, "bulkhead-system", new SecureRandom(), Clock.systemUTC())
                .create(tenant.value(), "bulkhead-tenant-x")
                .withCredential(
                        Purpose.of(PartId.objectStore, Slot.One),
                        Fixtures.secret(tenant, Slot.One).secret().getBytes(StandardCharsets.US_ASCII));
    }
}
