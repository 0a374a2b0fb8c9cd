package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.probe.objectstore.LentKeys;
import dev.bulkhead.operator.probe.objectstore.ObjectStoreProbe;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Somebody opens a tenant's bucket from outside, in each place where SeaweedFS keeps who may do what: the prober's next round
 * calls it a breach where a tenant's key gets in by it, and the operator's next round takes it back.
 */
class SeaweedFsSabotageIT {
    private static final String STRANGER = "a-second-user";
    private static final String STRANGERS_SECRET = "secret-of-a-second-user-0123456789";

    private static SeaweedServer server;
    private static TestStore store;

    private final TenantIdentity attacker = Fixtures.freshIdentity();
    private final TenantIdentity victim = Fixtures.freshIdentity();

    @BeforeAll
    static void start() {
        server = SeaweedServer.shared();
        store = TestStore.start(StoreKind.SeaweedFs);
    }

    @AfterAll
    static void stop() {
        store.accounts.delete(STRANGER);
        store.close();
    }

    @BeforeEach
    void two_tenants_whose_buckets_are_closed() throws InterruptedException {
        store.tenant(attacker);
        store.tenant(victim);
        assertThat(round(this::key).finding()).isEqualTo(RoundFinding.Proven);
    }

    @Test
    void a_bucket_policy_that_lets_a_neighbour_in_is_a_breach_and_taken_back() throws InterruptedException {
        letIn(principal(attacker));

        breached("reads an object of another tenant");
        takenBack(victim, "PutBucketPolicy");
    }

    @Test
    void a_neighbours_user_that_was_given_an_action_on_the_bucket_is_a_breach_and_taken_back()
            throws InterruptedException {
        server.user(store.accessKeyId(attacker, Slot.One), user -> user.addActions("Read:" + victim.bucket()));

        breached("reads an object of another tenant");
        takenBack(attacker, "UpdateUser");
    }

    @Test
    void a_second_user_in_the_tenants_grant_is_a_breach_and_put_out() throws InterruptedException {
        store.accounts.put(STRANGER, STRANGERS_SECRET);
        S3Client stranger = store.client(STRANGER, STRANGERS_SECRET);
        letIn(SeaweedFsAccounts.principal(STRANGER));
        assertThat(list(stranger, victim)).as("the damage").isEqualTo(200);

        ControlProof proof = round(victim, this::key);
        assertThat(proof.breach()).isTrue();
        assertThat(proof.message()).contains("shares its bucket with others").contains(STRANGER);
        operatorsRound(victim, "PutBucketPolicy");

        assertThat(round(victim, this::key).finding()).isEqualTo(RoundFinding.Proven);
        assertThat(list(stranger, victim)).isEqualTo(403);
        assertThat(list(store.client(victim, Slot.One), victim)).isEqualTo(200);
    }

    @Test
    void a_policy_that_the_tenant_cannot_read_any_more_proves_nothing_unless_it_never_could()
            throws InterruptedException {
        String bucket = attacker.bucket();
        String planned = store.root.getBucketPolicy(r -> r.bucket(bucket)).policy();
        String hidden = planned.replaceFirst(",\\s*\"s3:GetBucketPolicy\"", "");
        assertThat(hidden).isNotEqualTo(planned);
        store.root.putBucketPolicy(r -> r.bucket(bucket).policy(hidden));

        ControlProof proof = round(this::key);
        assertThat(proof.finding()).isEqualTo(RoundFinding.Inconclusive);
        assertThat(proof.message()).contains("its policy was not told");
        LentKeys supplied = new LentKeys() {
            @Override
            public Optional<StoreConnection> of(Subject tenant) {
                return key(tenant);
            }

            @Override
            public boolean supplied(Subject tenant) {
                return true;
            }
        };
        assertThat(round(supplied).finding()).isEqualTo(RoundFinding.Proven);

        takenBack(attacker, "PutBucketPolicy");
    }

    @Test
    void the_operators_own_key_in_a_tenants_secret_is_a_breach() throws InterruptedException {
        ControlProof proof = round(subject -> Optional.of(
                subject.identity().equals(attacker)
                        ? server.connection()
                        : key(subject).orElseThrow()));

        assertThat(proof.breach()).isTrue();
        assertThat(proof.finding()).isEqualTo(RoundFinding.Failed);
        assertThat(proof.message()).doesNotContain(StoreServer.ROOT_SECRET);
        assertThat(round(this::key).finding()).as("nothing is left of it").isEqualTo(RoundFinding.Proven);
    }

    /** Adds somebody to the statements that let the victim's own key in. */
    private void letIn(String principal) {
        String bucket = victim.bucket();
        String own = "\"" + principal(victim) + "\"";
        String planned = store.root.getBucketPolicy(r -> r.bucket(bucket)).policy();
        String opened = planned.replace("{\"AWS\":" + own + "}", "{\"AWS\":[" + own + "]}")
                .replace("[" + own + "]", "[" + own + ",\"" + principal + "\"]");
        assertThat(opened).contains(principal);
        store.root.putBucketPolicy(r -> r.bucket(bucket).policy(opened));
    }

    private static String principal(TenantIdentity tenant) {
        return SeaweedFsAccounts.principal(store.accessKeyId(tenant, Slot.One));
    }

    private void breached(String named) throws InterruptedException {
        ControlProof proof = round(this::key);
        assertThat(proof.finding()).isEqualTo(RoundFinding.Failed);
        assertThat(proof.breach()).isTrue();
        assertThat(proof.message()).contains(named);
    }

    private void takenBack(TenantIdentity tenant, String... writes) throws InterruptedException {
        operatorsRound(tenant, writes);
        assertThat(round(this::key).finding()).isEqualTo(RoundFinding.Proven);
    }

    private static void operatorsRound(TenantIdentity tenant, String... writes) {
        BucketPlan plan = store.plan(tenant);
        assertThat(store.sweep.sweep("objects-1", Map.of(tenant, plan)).drifted())
                .containsExactly(tenant);
        store.calls.clear();
        store.applier.apply(plan, Fixtures.secrets(tenant));
        assertThat(store.calls.writes()).containsExactly(writes);
    }

    private ControlProof round(LentKeys keys) throws InterruptedException {
        return round(attacker, keys);
    }

    /** One tenant tries everything on the other. */
    private ControlProof round(TenantIdentity self, LentKeys keys) throws InterruptedException {
        TenantIdentity other = self.equals(attacker) ? victim : attacker;
        try (ObjectStoreProbe probe = new ObjectStoreProbe(keys, 2, ExternalCalls.unobserved())) {
            return ControlProof.of(
                            Set.of(Control.TI_OBJ),
                            probe.run(subject("klinik-nord", self), List.of(subject("ankerwerk", other))),
                            Instant.EPOCH,
                            Duration.ofHours(24))
                    .getFirst();
        }
    }

    private Optional<StoreConnection> key(Subject subject) {
        StoreConnection root = server.connection();
        return Optional.of(new StoreConnection(
                root.store(),
                root.endpoint(),
                root.endpoint(),
                root.region(),
                store.accessKeyId(subject.identity(), Slot.One),
                Fixtures.secret(subject.identity(), Slot.One).secret(),
                root.caCertificates(),
                root.limits()));
    }

    private static Subject subject(String name, TenantIdentity identity) {
        return new Subject(
                name,
                identity,
                Tenants.plainSpec(),
                BackedParts.homes(
                        null,
                        new TenantStatus.ObjectStoreStatus(
                                "objects-1", identity.bucket(), store.accessKeyId(identity, Slot.One))));
    }

    private static int list(S3Client client, TenantIdentity of) {
        return TestStore.status(() -> client.listObjectsV2(r -> r.bucket(of.bucket())));
    }
}
