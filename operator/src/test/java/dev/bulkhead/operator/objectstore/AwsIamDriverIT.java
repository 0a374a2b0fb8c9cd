package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.FileMasterKeys;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRings;
import dev.bulkhead.operator.secret.Purpose;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.S3Client;

/** The way of a key that a real server makes, into the key ring and out of it, and what becomes of what others give. */
class AwsIamDriverIT {
    private static final String EVERYTHING =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}";

    @TempDir
    private Path directory;

    private final TestStore store = TestStore.start(StoreKind.AwsIam);
    private final IamClient root = IamConnection.open(store.server.connection());
    private final TenantIdentity tenant = Fixtures.freshIdentity();
    private Predicate<MintedKey> keeping = _ -> true;
    private final OpenObjectStore open = new OpenObjectStore(
            store.server.connection(),
            store.driver,
            _ -> 0,
            new KeyTrials(ExternalCalls.unobserved()),
            new InternalEndpoints(List.of()),
            new BucketsApartWatch(
                    new BucketsApartWatchTest.ScriptedTrial(), new AtomicReference<>(), Clock.systemUTC()),
            new BucketSizes("objects-1", store.driver::size, Runnable::run, Clock.systemUTC()),
            (_, key) -> keep(key));

    private FileMasterKeys masterKeys;
    private KeyRing ring;

    @BeforeEach
    void keys() throws Exception {
        Files.write(directory.resolve("mk-1"), "a master key of thirty-two bytes".getBytes(StandardCharsets.US_ASCII));
        masterKeys = FileMasterKeys.load(directory);
        try (KeyRing empty = new KeyRings(masterKeys, "bulkhead-system", new SecureRandom(), Clock.systemUTC())
                .create(tenant.value(), "bulkhead-tenant-x")) {
            ring = empty.withCredential(
                    Purpose.of(PartId.objectStore, Slot.One),
                    "as-a-new-ring-has-it-0123456789".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(open.look()).isNotNull();
    }

    @AfterEach
    void stop() {
        ring.close();
        masterKeys.close();
        root.close();
        store.close();
    }

    private boolean keep(MintedKey key) {
        if (!keeping.test(key)) {
            return false;
        }
        KeyRing former = ring;
        ring = key.into(former);
        former.close();
        return true;
    }

    @Test
    void a_key_is_kept_before_anybody_is_let_in_and_the_next_pass_lets_in() {
        Outcome first = pass(Set.of(Slot.One));

        assertThat(first.findings())
                .singleElement()
                .satisfies(f -> assertThat(f.reason()).isEqualTo(Reason.KeySettling));
        assertThat(store.state(plan(Set.of(Slot.One))).present().policy()).isNull();

        assertThat(pass(Set.of(Slot.One))).isInstanceOf(Outcome.Done.class);
        assertThat(list(Slot.One)).isEqualTo(200);
        assertThat(open.admits(tenant, new Place("objects-1", null), Slot.One, ring))
                .isEqualTo(Admission.Admitted);
        assertThat(pass(Set.of(Slot.One))).isEqualTo(Outcome.unchanged());
    }

    @Test
    void a_key_that_nobody_kept_is_deleted_and_another_is_made() {
        keeping = _ -> false;
        assertThat(pass(Set.of(Slot.One))).isInstanceOf(Outcome.Waiting.class);
        assertThat(pass(Set.of(Slot.One))).isInstanceOf(Outcome.Waiting.class);
        assertThat(ids()).hasSize(1);
        String lost = ids().getFirst();
        keeping = _ -> true;

        settled(Set.of(Slot.One));

        assertThat(ids()).containsExactly(id(Slot.One)).doesNotContain(lost);
        assertThat(list(Slot.One)).isEqualTo(200);
    }

    @Test
    void an_exchange_puts_a_secret_into_the_other_slot_and_gets_the_servers_key_for_it() {
        settled(Set.of(Slot.One));
        KeyRing former = ring;
        ring = former.withCredential(
                Purpose.of(PartId.objectStore, Slot.Two),
                "as-an-exchange-makes-it-0123456789".getBytes(StandardCharsets.US_ASCII));
        former.close();
        assertThat(open.admits(tenant, new Place("objects-1", null), Slot.Two, ring))
                .isEqualTo(Admission.Refused);

        settled(Set.of(Slot.One, Slot.Two));
        assertThat(list(Slot.One)).isEqualTo(200);
        assertThat(list(Slot.Two)).isEqualTo(200);

        settled(Set.of(Slot.Two));
        assertThat(open.admits(tenant, new Place("objects-1", null), Slot.One, ring))
                .isEqualTo(Admission.Refused);
        assertThat(list(Slot.Two)).isEqualTo(200);
        assertThat(ids()).containsExactly(id(Slot.Two));
    }

    @Test
    void a_suspended_tenants_user_is_gone_and_afterwards_it_has_another_key() {
        settled(Set.of(Slot.One));
        String before = id(Slot.One);

        assertThat(open.shut(closed())).isInstanceOf(Outcome.Done.class);
        assertThat(root.listUsers().users()).noneMatch(user -> user.userName().equals(tenant.bucket()));
        assertThat(list(Slot.One)).isEqualTo(403);

        settled(Set.of(Slot.One));
        assertThat(id(Slot.One)).isNotEqualTo(before);
        assertThat(list(Slot.One)).isEqualTo(200);
    }

    @Test
    void closing_needs_no_key_ring() {
        settled(Set.of(Slot.One));

        assertThat(open.close(tenant, new Place("objects-1", null))).isInstanceOf(Outcome.Done.class);

        assertThat(root.listUsers().users()).noneMatch(user -> user.userName().equals(tenant.bucket()));
    }

    @Test
    void what_a_user_was_given_is_gone_after_a_round() {
        settled(Set.of(Slot.One));
        String neighbour = store.tenant(Fixtures.freshIdentity()).bucket();
        root.createAccessKey(r -> r.userName(tenant.bucket()));
        root.putUserPolicy(r -> r.userName(tenant.bucket()).policyName("wide").policyDocument(EVERYTHING));
        assertThat(list(Slot.One, neighbour)).as("the attack works").isEqualTo(200);
        BucketPlan plan = plan(Set.of(Slot.One));

        assertThat(open.sweep(Map.of(tenant, plan)).drifted()).containsExactly(tenant);
        settled(Set.of(Slot.One));

        assertThat(list(Slot.One, neighbour)).isEqualTo(403);
        assertThat(list(Slot.One)).isEqualTo(200);
        assertThat(ids()).containsExactly(id(Slot.One));
    }

    @Test
    void what_seaweedfs_keeps_of_users_is_told() {
        assertThat(store.driver.remarks())
                .extracting(Capability::name, Capability::available)
                .containsExactly(tuple("userPaths", false), tuple("userTags", true));
    }

    private void settled(Set<Slot> live) {
        Outcome outcome = pass(live);
        for (int passes = 0; passes < 3 && !outcome.done(); passes++) {
            outcome = pass(live);
        }
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
    }

    private Outcome pass(Set<Slot> live) {
        return open.apply(plan(live), ring);
    }

    private BucketPlan plan(Set<Slot> live) {
        return ObjectStorePlanner.plan(
                tenant,
                store.place(),
                store.capabilities,
                MintedKey.known(StoreKind.AwsIam.keys(tenant), ring),
                live,
                false);
    }

    private BucketPlan closed() {
        return ObjectStorePlanner.plan(
                tenant,
                store.place(),
                store.capabilities,
                MintedKey.known(StoreKind.AwsIam.keys(tenant), ring),
                Set.of(),
                true);
    }

    private String id(Slot slot) {
        return MintedKey.held(tenant, slot, ring).accessKeyId();
    }

    private List<String> ids() {
        return root.listAccessKeys(r -> r.userName(tenant.bucket())).accessKeyMetadata().stream()
                .map(key -> key.accessKeyId())
                .toList();
    }

    private int list(Slot slot) {
        return list(slot, tenant.bucket());
    }

    private int list(Slot slot, String bucket) {
        byte[] secret = ring.credential(Purpose.of(PartId.objectStore, slot)).orElseThrow();
        S3Client client = store.client(id(slot), new String(secret, StandardCharsets.US_ASCII));
        return TestStore.status(() -> client.listObjectsV2(r -> r.bucket(bucket)));
    }
}
