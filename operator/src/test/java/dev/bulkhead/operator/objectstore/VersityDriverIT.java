package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

/** What VersityGW's driver does beyond the conformance suite: keys are accounts that the operator makes and keeps. */
class VersityDriverIT {
    private static VersityServer server;
    private static TestStore store;

    private final TenantIdentity identity = Fixtures.freshIdentity();

    @BeforeAll
    static void start() {
        server = VersityServer.start();
        store = new TestStore(StoreKind.Versity, server);
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    @Test
    void a_new_secret_is_written_and_the_old_one_ends() {
        BucketPlan plan = store.tenant(identity);
        String id = plan.accessKeyId(Slot.One);
        SlotSecret changed = new SlotSecret(Slot.One, "another-secret-that-is-long-enough-000");

        Outcome outcome = store.applier.apply(plan, List.of(changed));

        assertThat(outcome).isEqualTo(new Outcome.Done(1));
        assertThat(store.calls.writes()).containsExactly("UpdateUser");
        assertThat(listStatus(store.client(id, changed.secret()), plan)).isEqualTo(200);
        assertThat(listStatus(store.client(identity, Slot.One), plan)).isEqualTo(403);
    }

    @Test
    void an_account_of_that_name_from_before_gets_our_secret_and_no_role() {
        BucketPlan plan = store.plan(identity);
        String id = plan.accessKeyId(Slot.One);
        store.accounts.put(id, "somebody-elses-secret-0123456789-abcdef");
        promoted(id, "somebody-elses-secret-0123456789-abcdef");
        store.driver.forgetKeys();

        store.applier.apply(plan, Fixtures.secrets(identity));

        assertThat(store.state(plan).keys().get(Slot.One))
                .isEqualTo(new ObservedKey(
                        true, Fixtures.secret(identity, Slot.One).digest()));
    }

    @Test
    void a_changed_secret_is_set_again_and_the_intruder_is_out() {
        store.restored(
                identity,
                plan -> server.admin(
                        "update-user",
                        "--access",
                        plan.accessKeyId(Slot.One),
                        "--secret",
                        "intruder-secret-0123456789-abcdefghij"),
                "UpdateUser");
        assertThat(TestStore.status(() -> store.client(
                                store.accessKeyId(identity, Slot.One), "intruder-secret-0123456789-abcdefghij")
                        .listObjectsV2(r -> r.bucket(identity.bucket()))))
                .isEqualTo(403);
    }

    @Test
    void a_tenant_that_was_made_an_admin_is_an_ordinary_user_again() {
        store.restored(
                identity,
                plan -> server.admin("update-user", "--access", plan.accessKeyId(Slot.One), "--role", "admin"),
                "UpdateUser");
    }

    @Test
    void a_server_without_versions_has_no_object_lock_either() {
        try (TestStore unversioned = new TestStore(StoreKind.Versity, VersityServer.start(null, false))) {
            assertThat(unversioned.capabilities.has(StoreFeature.Versioning)).isFalse();
            BucketPlan plan = unversioned.plan(identity);
            assertThat(plan.settings().objectLock()).isFalse();
            assertThat(unversioned.applier.apply(plan, Fixtures.secrets(identity)))
                    .isEqualTo(unversioned.done("CreateBucket", "CreateUser", "PutBucketPolicy"));
        }
    }

    @Test
    void a_deleted_user_comes_back() {
        store.restored(
                identity, plan -> server.admin("delete-user", "--access", plan.accessKeyId(Slot.One)), "CreateUser");
    }

    @Test
    void a_key_in_the_slot_that_has_none_goes() {
        store.restored(
                identity,
                plan -> store.accounts.put(plan.accessKeyId(Slot.Two), "second-key-of-an-intruder-0123456789"),
                "DeleteUser");
    }

    @Test
    void a_tenants_key_is_refused_by_the_admin_api() {
        TenantIdentity identity = Fixtures.freshIdentity();
        BucketPlan plan = store.tenant(identity);
        StoreConnection asTenant = new StoreConnection(
                "objects-1",
                server.endpoint(),
                server.adminEndpoint(),
                "us-east-1",
                plan.accessKeyId(Slot.One),
                Fixtures.secret(identity, Slot.One).secret(),
                null,
                StoreConnection.Limits.DEFAULT);
        try (StoreGate gate = new StoreGate(1, Duration.ofSeconds(10), ExternalCalls.unobserved());
                VersityAccounts accounts = new VersityAccounts(asTenant, gate)) {
            assertThatThrownBy(accounts::list)
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            e -> assertThat(e.failure()).isEqualTo(StoreException.StoreFailure.Forbidden));
            assertThatThrownBy(() -> accounts.put("mine-too", "0123456789-0123456789-0123456789-abcd"))
                    .isInstanceOf(StoreException.class);
        }
    }

    private static S3Client promoted(String accessKeyId, String secret) {
        server.admin("update-user", "--access", accessKeyId, "--role", "userplus");
        return store.client(accessKeyId, secret);
    }

    private static int listStatus(S3Client client, BucketPlan plan) {
        return TestStore.status(() -> client.listObjectsV2(r -> r.bucket(plan.bucket())));
    }

    @Test
    void of_a_lost_bucket_keys_are_taken_away_all_the_same() {
        BucketPlan plan = store.tenant(identity).asMade();
        store.accounts.put(plan.accessKeyId(Slot.Two), "second-key-of-an-intruder-0123456789");
        store.root.deleteBucket(r -> r.bucket(plan.bucket()));
        store.applier.forget(identity);

        assertThat(store.applier.apply(plan, Fixtures.secrets(identity)).done()).isFalse();

        assertThat(store.driver.observeKeys(plan)).containsOnlyKeys(Slot.One);
        assertThat(store.applier.close(store.closed(identity).asMade()).done()).isTrue();
        assertThat(store.driver.observeKeys(plan)).isEmpty();
    }
}
