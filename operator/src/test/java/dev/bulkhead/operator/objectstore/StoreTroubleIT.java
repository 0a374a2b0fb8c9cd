package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.bulkhead.operator.backend.OpenBackend;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store that is gone, slow, busy or does not know the operator: a reason and a remedy, no secret, no hanging. */
@EveryDriver
class StoreTroubleIT {
    private static final StoreConnection.Limits SHORT =
            new StoreConnection.Limits(Duration.ofMillis(500), Duration.ofSeconds(1), 4);

    private final StoreKind kind;
    private final TenantIdentity identity = Fixtures.freshIdentity();

    StoreTroubleIT(StoreKind kind) {
        this.kind = kind;
    }

    @Test
    void a_store_that_goes_down_and_comes_back_is_waited_for() {
        try (TestStore store = TestStore.stoppable(kind)) {
            BucketPlan plan = store.plan(identity);
            store.server.down();

            Outcome down = store.applier.apply(plan, store.secrets(identity));
            assertThat(waiting(down).reason()).isEqualTo(Reason.ObjectStoreUnavailable);
            assertThat(waiting(down).text()).contains("objects-1").contains("spec.endpoint");

            store.server.up();
            assertThat(store.applier.apply(plan, store.secrets(identity)).done())
                    .isTrue();
        }
    }

    @Test
    void a_sweep_of_a_store_that_is_down_calls_nobody_drifted() {
        try (TestStore store = TestStore.stoppable(kind)) {
            BucketPlan plan = store.tenant(identity);
            store.server.down();

            OpenBackend.Swept swept = store.sweep.sweep("objects-1", Map.of(identity, plan));

            assertThat(swept.drifted()).isEmpty();
            assertThat(swept.failures())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.reason()).isEqualTo(Reason.ObjectStoreUnavailable));
            assertThat(store.applier.apply(plan, store.secrets(identity))).isEqualTo(Outcome.unchanged());
        }
    }

    @Test
    void a_store_without_tenants_is_known_to_be_down_too() {
        try (TestStore store = TestStore.stoppable(kind)) {
            assertThat(store.sweep.sweep("objects-1", Map.of()).failures()).isEmpty();
            store.server.down();

            assertThat(store.sweep.sweep("objects-1", Map.of()).failures())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.reason()).isEqualTo(Reason.ObjectStoreUnavailable));
        }
    }

    @Test
    void closing_ends_although_the_store_is_gone() {
        try (TestStore store = TestStore.stoppable(kind)) {
            store.tenant(identity);
            store.server.down();

            Outcome outcome = store.applier.close(store.closed(identity));

            assertThat(waiting(outcome).reason()).isEqualTo(Reason.ObjectStoreUnavailable);
        }
    }

    @Test
    void a_wrong_secret_says_what_to_check_and_gives_none_away() {
        try (TestStore store = TestStore.start(kind)) {
            String wrong = "a-wrong-root-secret-0123456789-abcdef";
            Outcome outcome = apply(store.server.connection(wrong));

            assertThat(waiting(outcome).reason()).isEqualTo(Reason.ObjectStoreRefused);
            assertThat(waiting(outcome).text())
                    .contains("spec.adminSecret")
                    .contains("SignatureDoesNotMatch")
                    .doesNotContain(wrong);
        }
    }

    @Test
    void a_server_that_never_answers_is_given_up_in_time() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Outcome outcome = apply(connection(URI.create("http://127.0.0.1:" + silent.getLocalPort()), null));

            assertThat(waiting(outcome).reason()).isEqualTo(Reason.ObjectStoreUnavailable);
            assertThat(waiting(outcome).text()).contains("in time");
        }
    }

    @Test
    void a_server_that_sends_a_byte_now_and_then_is_given_up_in_time() throws IOException {
        try (ServerSocket trickle = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> trickle(trickle));

            Outcome outcome = apply(connection(URI.create("http://127.0.0.1:" + trickle.getLocalPort()), null));

            assertThat(waiting(outcome).text()).contains("in time").contains("after 1 s");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "503, SlowDown, ObjectStoreUnavailable, come back later",
        "429, TooManyRequests, ObjectStoreUnavailable, come back later",
        "500, InternalError, ObjectStoreUnavailable, come back later",
        "403, RequestTimeTooSkewed, ObjectStoreRefused, clocks",
        "403, InvalidAccessKeyId, ObjectStoreRefused, spec.adminSecret",
        "403, AccessDenied, ObjectStoreRefused, rights of the account",
        "400, Nonsense, ObjectStoreRefused, version and settings"
    })
    void what_the_server_answers_becomes_a_reason_and_a_remedy(int status, String code, Reason reason, String remedy)
            throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = ("<Error><Code>" + code + "</Code><Message>said by the server</Message></Error>")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Outcome outcome = apply(connection(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort()), null));

            assertThat(waiting(outcome).reason()).isEqualTo(reason);
            assertThat(waiting(outcome).text())
                    .contains(remedy)
                    .contains(status + " " + code)
                    .doesNotContain("said by the server");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_certificate_that_is_not_trusted_is_named(@TempDir Path other) throws Exception {
        try (TestStore store = TestStore.start(kind)) {
            Outcome outcome = apply(connection(
                    store.server.endpoint(), TestCertificate.in(other).pem()));

            assertThat(waiting(outcome).text()).contains("spec.caCertificate");
        }
    }

    @Test
    void over_tls_with_a_private_ca_a_tenant_is_set_up_and_refused_without_tls_by_policy() {
        try (TestStore store = TestStore.start(kind)) {
            BucketPlan plan = store.tenant(identity);

            assertThat(TestStore.policy(plan).statements())
                    .extracting(PolicyStatement::sid)
                    .contains("TlsOnly");
            assertThat(TestStore.status(
                            () -> store.client(identity, Slot.One).listObjectsV2(r -> r.bucket(plan.bucket()))))
                    .isEqualTo(200);
            assertThat(store.sweep.sweep("objects-1", Map.of(identity, plan)).drifted())
                    .isEmpty();
        }
    }

    @Test
    void hardening_that_the_server_refuses_for_one_bucket_is_said_and_does_not_hold_up_the_rest() {
        try (TestStore store = TestStore.start(kind)) {
            StoreCapabilities promised = StoreCapabilities.of(Set.of(
                    StoreFeature.BucketPolicy,
                    StoreFeature.AclConditions,
                    StoreFeature.Tags,
                    StoreFeature.Encryption,
                    StoreFeature.Lifecycle));
            BucketPlan plan = store.plan(identity, promised, Set.of(Slot.One));
            ObjectStoreDriver driver = refusing(store.driver);
            ObjectStoreApplier applier = new ObjectStoreApplier(driver);

            Outcome outcome = applier.apply(plan, store.secrets(identity));

            assertThat(outcome.done()).isTrue();
            assertThat(outcome.refused())
                    .extracting(Finding::subject)
                    .containsExactly(
                            "bucket " + plan.bucket() + " Encrypt", "bucket " + plan.bucket() + " SetLifecycle");
            assertThat(new ObjectStoreSweep(driver, applier)
                            .sweep("objects-1", Map.of(identity, plan))
                            .drifted())
                    .isEmpty();
            assertThat(applier.apply(plan, store.secrets(identity)))
                    .as("nothing is written again, and what was refused is still said")
                    .isEqualTo(new Outcome.Done(0, outcome.refused()));
        }
    }

    /** The same driver of a server that says no to two settings. */
    private static ObjectStoreDriver refusing(ObjectStoreDriver driver) {
        return (ObjectStoreDriver) Proxy.newProxyInstance(
                ObjectStoreDriver.class.getClassLoader(),
                new Class<?>[] {ObjectStoreDriver.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("change")
                            && (arguments[1] instanceof BucketChange.Encrypt
                                    || arguments[1] instanceof BucketChange.SetLifecycle)) {
                        throw StoreException.answered(method.getName(), 501, "NotImplemented");
                    }
                    try {
                        return method.invoke(driver, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void trickle(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> {
                    try (socket) {
                        for (char c : "HTTP/1.1 200 OK\r\nx-endless: ".toCharArray()) {
                            socket.getOutputStream().write(c);
                        }
                        while (true) {
                            socket.getOutputStream().write('x');
                            Thread.sleep(100);
                        }
                    } catch (IOException | InterruptedException e) {
                        // the client has given up, which is what the test waits for
                    }
                });
            } catch (IOException e) {
                return;
            }
        }
    }

    private Outcome apply(StoreConnection connection) {
        try (ObjectStoreDriver driver = kind.open(connection, ExternalCalls.unobserved())) {
            BucketPlan plan =
                    ObjectStorePlanner.plan(identity, Fixtures.store(kind, false, null), kind.documented(false), false);
            return new ObjectStoreApplier(driver).apply(plan, Fixtures.secrets(identity));
        }
    }

    private StoreConnection connection(URI endpoint, @Nullable String pem) {
        return TestStore.complete(
                kind,
                new StoreConnection(
                        "objects-1",
                        endpoint,
                        endpoint,
                        "us-east-1",
                        StoreServer.ROOT,
                        StoreServer.ROOT_SECRET,
                        pem,
                        SHORT));
    }

    private static Finding waiting(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
        return ((Outcome.Waiting) outcome).finding();
    }
}
