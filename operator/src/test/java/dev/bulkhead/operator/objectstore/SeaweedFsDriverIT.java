package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import dev.bulkhead.operator.outcome.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.services.s3.S3Client;

/** What SeaweedFS's driver does beyond the conformance suite: a user that was given rights has none again after a round. */
class SeaweedFsDriverIT {
    private static final String INTRUDER = "intruder-secret-0123456789-abcdefghij";
    private static final String EVERYTHING =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}";

    private static SeaweedServer server;
    private static TestStore store;

    private final TenantIdentity identity = Fixtures.freshIdentity();

    @BeforeAll
    static void start() {
        server = SeaweedServer.shared();
        store = TestStore.start(StoreKind.SeaweedFs);
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    @Test
    void a_new_secret_is_written_and_the_old_one_ends() {
        BucketPlan plan = store.tenant(identity);
        SlotSecret changed = new SlotSecret(Slot.One, "another-secret-that-is-long-enough-000");

        Outcome outcome = store.applier.apply(plan, List.of(changed));

        assertThat(outcome).isEqualTo(new Outcome.Done(1));
        assertThat(store.calls.writes()).containsExactly("UpdateUser");
        assertThat(list(store.client(plan.accessKeyId(Slot.One), changed.secret()), identity))
                .isEqualTo(200);
        assertThat(list(store.client(identity, Slot.One), identity)).isEqualTo(403);
    }

    @Test
    void a_changed_secret_is_set_again_and_the_intruder_is_out() {
        store.restored(identity, plan -> store.accounts.update(plan.accessKeyId(Slot.One), INTRUDER), "UpdateUser");
        assertThat(list(store.client(store.accessKeyId(identity, Slot.One), INTRUDER), identity))
                .isEqualTo(403);
    }

    @Test
    void a_user_that_was_given_an_action_on_a_neighbour_loses_it() {
        TenantIdentity neighbour = Fixtures.freshIdentity();
        store.tenant(neighbour);
        S3Client tenant = store.client(identity, Slot.One);

        store.restored(
                identity,
                plan -> {
                    server.user(plan.accessKeyId(Slot.One), user -> user.addActions("List:" + neighbour.bucket()));
                    assertThat(list(tenant, neighbour)).as("the damage").isEqualTo(200);
                },
                "UpdateUser");

        assertThat(list(tenant, neighbour)).isEqualTo(403);
    }

    @Test
    void a_policy_that_was_written_for_a_user_is_deleted() {
        TenantIdentity neighbour = Fixtures.freshIdentity();
        store.tenant(neighbour);
        S3Client tenant = store.client(identity, Slot.One);

        store.restored(
                identity,
                plan -> {
                    iam(
                            "PutUserPolicy",
                            Map.of(
                                    "UserName",
                                    plan.accessKeyId(Slot.One),
                                    "PolicyName",
                                    "wide",
                                    "PolicyDocument",
                                    EVERYTHING));
                    assertThat(list(tenant, neighbour)).as("the damage").isEqualTo(200);
                },
                1,
                "UpdateUser",
                "DeleteUserPolicy");

        assertThat(list(tenant, neighbour)).isEqualTo(403);
    }

    @Test
    void a_policy_that_outlived_its_user_does_not_come_back_with_the_next_one() {
        TenantIdentity neighbour = Fixtures.freshIdentity();
        store.tenant(neighbour);
        BucketPlan plan = store.tenant(identity);
        iam(
                "PutUserPolicy",
                Map.of("UserName", plan.accessKeyId(Slot.One), "PolicyName", "wide", "PolicyDocument", EVERYTHING));
        store.applier.close(store.closed(identity));

        store.sweep.sweep("objects-1", Map.of(identity, store.closed(identity)));
        store.applier.close(store.closed(identity));
        store.applier.apply(plan, Fixtures.secrets(identity));

        assertThat(list(store.client(identity, Slot.One), neighbour)).isEqualTo(403);
        assertThat(store.state(plan).keys()).isEqualTo(store.observed(identity, List.of(Slot.One)));
    }

    @Test
    void a_user_that_was_put_into_a_group_leaves_it() {
        iam("CreateGroup", Map.of("GroupName", "readers"));
        store.restored(
                identity,
                plan -> iam("AddUserToGroup", Map.of("UserName", plan.accessKeyId(Slot.One), "GroupName", "readers")),
                1,
                "UpdateUser",
                "RemoveUserFromGroup");
    }

    @Test
    void a_further_key_of_a_user_goes() {
        store.restored(
                identity, plan -> iam("CreateAccessKey", Map.of("UserName", plan.accessKeyId(Slot.One))), "UpdateUser");
    }

    @Test
    void a_key_of_that_name_in_anothers_hands_goes() {
        store.accounts.put("thief", "secret-of-the-thief-0123456789-abcdef");
        store.restored(
                identity,
                plan -> server.user(
                        "thief",
                        user -> user.addCredentials(
                                user.getCredentials(0).toBuilder().setAccessKey(plan.accessKeyId(Slot.One)))),
                1,
                "UpdateUser",
                "DeleteAccessKey");
        assertThat(list(store.client(identity, Slot.One), identity)).isEqualTo(200);
    }

    @Test
    void a_deleted_user_comes_back() {
        store.restored(identity, plan -> store.accounts.delete(plan.accessKeyId(Slot.One)), "CreateUser");
    }

    @Test
    void a_key_in_the_slot_that_has_none_goes() {
        store.restored(
                identity,
                plan -> store.accounts.put(plan.accessKeyId(Slot.Two), "second-key-of-an-intruder-0123456789"),
                "DeleteUser");
    }

    @Test
    void a_key_is_dead_when_its_revocation_is_answered_and_what_it_signed_with_it() {
        BucketPlan plan = store.tenant(identity);
        S3Client tenant = store.client(identity, Slot.One);
        tenant.putObject(r -> r.bucket(plan.bucket()).key("letter"), RequestBody.fromString("hello"));

        store.driver.revokeKey(plan, Slot.One);

        assertThat(list(tenant, identity)).isEqualTo(403);
        store.driver.forgetKeys();
    }

    @Test
    void a_client_that_writes_all_the_time_loses_no_request_while_its_key_is_exchanged() throws Exception {
        String bucket = store.tenant(identity).bucket();
        List<SlotSecret> both = List.of(Fixtures.secret(identity, Slot.One), Fixtures.secret(identity, Slot.Two));
        S3Client old = store.client(identity, Slot.One);
        AtomicReference<S3Client> key = new AtomicReference<>(old);
        BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        Thread client = Thread.ofVirtual().start(() -> {
            while (goesOn.get()) {
                S3Client now = Objects.requireNonNull(key.get());
                answers.add(TestStore.status(
                        () -> now.putObject(r -> r.bucket(bucket).key("letter"), RequestBody.fromString("x"))));
            }
        });
        try {
            allTaken(answers);
            store.applier.apply(store.plan(identity, Set.of(Slot.One, Slot.Two)), both);
            allTaken(answers);
            key.set(store.client(identity, Slot.Two)); // as a workload that has rolled
            allTaken(answers);
            store.applier.apply(store.plan(identity, Set.of(Slot.Two)), both);
            allTaken(answers);
        } finally {
            goesOn.set(false);
            client.join();
        }

        assertThat(answers).allMatch(status -> status == 200);
        assertThat(list(old, identity)).isEqualTo(403);
    }

    /** What was answered until now, and the next five. */
    private static void allTaken(BlockingQueue<Integer> answers) throws InterruptedException {
        List<Integer> seen = new ArrayList<>();
        answers.drainTo(seen);
        for (int i = 0; i < 5; i++) {
            seen.add(answers.take());
        }
        assertThat(seen).allMatch(status -> status == 200);
    }

    @Test
    void a_tenants_key_makes_no_further_keys_and_asks_nothing_of_users() {
        BucketPlan plan = store.tenant(identity);
        StoreConnection tenant = as(
                plan.accessKeyId(Slot.One), Fixtures.secret(identity, Slot.One).secret());

        for (String action : List.of("CreateAccessKey", "CreateUser", "ListUsers", "GetUser", "PutUserPolicy")) {
            assertThatThrownBy(() -> iam(
                            tenant,
                            action,
                            Map.of(
                                    "UserName",
                                    plan.accessKeyId(Slot.One),
                                    "PolicyName",
                                    "wide",
                                    "PolicyDocument",
                                    EVERYTHING)))
                    .as(action)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.Forbidden));
        }
        assertThat(store.state(plan).keys()).isEqualTo(store.observed(identity, List.of(Slot.One)));
    }

    @Test
    void the_limit_of_a_bucket_is_what_the_tenant_says_and_comes_back_when_somebody_changes_it() {
        BucketPlan unlimited = store.tenant(identity);
        BucketPlan limited = limited(5L << 20);
        List<SlotSecret> secrets = Fixtures.secrets(identity);
        assertThat(store.state(unlimited).present().quotaBytes()).isZero();

        assertThat(store.applier.apply(limited, secrets)).isEqualTo(new Outcome.Done(1));
        assertThat(store.state(limited).present().quotaBytes()).isEqualTo(5L << 20);

        quotas(server.connection(), quotas -> quotas.set(limited.bucket(), 1));
        assertThat(store.sweep.sweep("objects-1", Map.of(identity, limited)).drifted())
                .containsExactly(identity);
        store.calls.clear();
        store.applier.apply(limited, secrets);
        assertThat(store.calls.writes()).containsExactly("PutBucketQuota");
        assertThat(store.state(limited).present().quotaBytes()).isEqualTo(5L << 20);

        store.applier.apply(unlimited, secrets);
        assertThat(store.state(unlimited).present().quotaBytes()).isZero();
    }

    @Test
    void a_tenants_key_neither_sees_nor_sets_the_limit_of_a_bucket() {
        BucketPlan plan = store.tenant(identity);
        StoreConnection tenant = as(
                plan.accessKeyId(Slot.One), Fixtures.secret(identity, Slot.One).secret());

        assertThatThrownBy(() -> quotas(tenant, quotas -> quotas.set(plan.bucket(), 1L << 40)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.Forbidden));
        assertThatThrownBy(() -> quotas(tenant, quotas -> quotas.of(plan.bucket())))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.Forbidden));
    }

    @Test
    void a_wrong_signing_key_and_a_strangers_certificate_say_what_to_check_and_give_none_away(@TempDir Path folder)
            throws Exception {
        TestCertificate strange = TestCertificate.in(folder);
        FilerAccess right = server.access();
        FilerAccess unsigned = new FilerAccess(right.certificate(), right.key(), "a-wrong-signing-key-0123456789");
        FilerAccess stranger = new FilerAccess(strange.pem(), Files.readString(strange.keyFile()), right.signingKey());
        FilerAccess mixed = new FilerAccess(right.certificate(), "no key", right.signingKey());

        for (FilerAccess wrong : List.of(unsigned, stranger, mixed)) {
            assertThatThrownBy(() -> users(store.server.connection().with(wrong)))
                    .isInstanceOfSatisfying(StoreException.class, e -> {
                        // A certificate is refused after the connection stands: what is seen first, alert or end, is
                        // chance.
                        assertThat(e.failure())
                                .isIn(
                                        wrong.equals(stranger)
                                                ? List.of(StoreFailure.Credentials, StoreFailure.Unreachable)
                                                : List.of(StoreFailure.Credentials));
                        assertThat(e.finding("objects-1").text())
                                .doesNotContain("a-wrong-signing-key")
                                .doesNotContain("no key");
                    });
        }
    }

    @Test
    void a_filer_that_is_not_there_or_not_trusted_is_told_apart(@TempDir Path folder) throws Exception {
        StoreConnection connection = server.connection();

        assertThatThrownBy(() -> users(at(connection, "https://127.0.0.1:1", connection.caCertificates())))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.Unreachable));
        String another = TestCertificate.in(folder).pem();
        assertThatThrownBy(() -> users(at(connection, connection.adminEndpoint().toString(), another)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.Untrusted));
    }

    private static StoreConnection at(StoreConnection c, String filer, @Nullable String trusted) {
        return new StoreConnection(
                        c.store(),
                        c.endpoint(),
                        URI.create(filer),
                        c.region(),
                        c.accessKeyId(),
                        c.secretAccessKey(),
                        trusted,
                        c.limits())
                .with(server.access());
    }

    private static void users(StoreConnection connection) {
        try (StoreGate gate = new StoreGate(1, connection.limits().call(), ExternalCalls.unobserved());
                SeaweedFsAccounts accounts = new SeaweedFsAccounts(connection, gate)) {
            accounts.list();
        }
    }

    private static StoreConnection as(String accessKeyId, String secret) {
        StoreConnection c = server.connection();
        return new StoreConnection(
                c.store(), c.endpoint(), c.endpoint(), c.region(), accessKeyId, secret, c.caCertificates(), c.limits());
    }

    private BucketPlan limited(long bytes) {
        return ObjectStorePlanner.plan(
                identity,
                Fixtures.store(StoreKind.SeaweedFs, true, bytes),
                store.capabilities,
                store.keys(identity),
                Set.of(Slot.One),
                false);
    }

    private static void quotas(StoreConnection connection, Consumer<StoreQuotas> use) {
        try (StoreGate gate = new StoreGate(1, connection.limits().call(), ExternalCalls.unobserved());
                StoreQuotas quotas = new SeaweedFsQuotas(connection.with(server.access()), gate)) {
            use.accept(quotas);
        }
    }

    private static void iam(String action, Map<String, String> parameters) {
        iam(server.connection(), action, parameters);
    }

    private static void iam(StoreConnection as, String action, Map<String, String> parameters) {
        StringBuilder form = new StringBuilder("Action=" + action + "&Version=2010-05-08");
        parameters.forEach((name, value) ->
                form.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        try (SignedRequests requests = new SignedRequests(as)) {
            requests.send(
                    action,
                    "iam",
                    SdkHttpMethod.POST,
                    URI.create(as.endpoint() + "/"),
                    Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                    form.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int list(S3Client client, TenantIdentity of) {
        return TestStore.status(() -> client.listObjectsV2(r -> r.bucket(of.bucket())));
    }
}
