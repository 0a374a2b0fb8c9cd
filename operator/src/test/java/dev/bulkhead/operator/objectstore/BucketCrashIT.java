package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The operator dies at every single request, before it leaves and after it was answered, and starts again without memory. */
class BucketCrashIT extends DriverSuite {
    private static final List<Slot> BOTH = List.of(Slot.One, Slot.Two);

    private static S3Client neighbour;
    private static S3Client nobody;

    BucketCrashIT(StoreKind kind) {
        super(kind);
    }

    @BeforeParameterizedClassInvocation
    static void strangers() {
        TenantIdentity another = Fixtures.freshIdentity();
        BucketPlan home = store.tenant(another);
        neighbour = store.client(another, Slot.One);
        assertThat(TestStore.status(() -> neighbour.listObjectsV2(r -> r.bucket(home.bucket()))))
                .as("positive control")
                .isEqualTo(200);
        nobody = store.anonymous();
    }

    /** Where keys are supplied no request makes one: the rest is S3, and a crash for every request takes its time. */
    @BeforeParameterizedClassInvocation
    static void on_the_quicker_server(StoreKind kind) {
        if (kind.keysSupplied()) {
            store.close();
            store = TestStore.onVersity();
        }
    }

    /** What the operator is in the middle of. */
    enum UnderWay {
        CREATE,
        CLOSE,
        REOPEN,
        ADD_THE_SECOND_KEY,
        DROP_THE_FIRST_KEY,
        UNDO_AN_ATTACK
    }

    private static void before(UnderWay work, TenantIdentity identity) {
        switch (work) {
            case CREATE -> {}
            case CLOSE, ADD_THE_SECOND_KEY -> store.tenant(identity);
            case REOPEN -> {
                store.tenant(identity);
                store.applier.close(store.closed(identity));
            }
            case DROP_THE_FIRST_KEY -> store.applier.apply(store.plan(identity, Set.copyOf(BOTH)), secrets(identity));
            case UNDO_AN_ATTACK -> attack(identity);
        }
    }

    private static BucketPlan plan(UnderWay work, TenantIdentity identity) {
        return switch (work) {
            case CREATE, REOPEN, UNDO_AN_ATTACK -> store.plan(identity);
            case CLOSE -> store.closed(identity);
            case ADD_THE_SECOND_KEY -> store.plan(identity, Set.copyOf(BOTH));
            case DROP_THE_FIRST_KEY -> store.plan(identity, Set.of(Slot.Two));
        };
    }

    /**
     * Before each write, and after it was answered: reads change nothing. Each crash is one of a tenant of its own, so some
     * happen at a time.
     */
    @ParameterizedTest
    @EnumSource
    void the_end_is_the_same_as_without_a_crash_wherever_it_happens(UnderWay work) {
        List<Integer> writes = undisturbed(work);
        assertThat(writes.isEmpty())
                .as("a policy that names the user names both of its keys")
                .isEqualTo(store.kind == StoreKind.AwsIam && work == UnderWay.ADD_THE_SECOND_KEY);

        Queue<String> different = new ConcurrentLinkedQueue<>();
        List<Future<?>> crashes = new ArrayList<>();
        try (ExecutorService several = Executors.newFixedThreadPool(4)) {
            for (int request : writes) {
                for (boolean answered : List.of(false, true)) {
                    crashes.add(several.submit(() -> crashed(work, request, answered)
                            .forEach(what -> different.add(
                                    "request " + request + (answered ? " after" : " before") + ": " + what))));
                }
            }
        }

        assertThat(crashes).allSatisfy(crash -> assertThat(crash).succeedsWithin(Duration.ZERO));
        assertThat(different).isEmpty();
    }

    /** What is not as it would be without the crash. */
    private static List<String> crashed(UnderWay work, int request, boolean answered) {
        List<String> different = new ArrayList<>();
        TenantIdentity identity = Fixtures.freshIdentity();
        before(work, identity);
        BucketPlan plan = plan(work, identity);

        crash(plan, identity, request, answered);
        if (work != UnderWay.UNDO_AN_ATTACK && strangersGetIn(plan)) {
            different.add("open to strangers");
        }
        Outcome outcome = restarted(plan, identity);

        if (!outcome.done() || !store.state(plan).equals(expected(work, identity, plan))) {
            different.add(outcome + " " + store.state(plan));
        }
        if (restartedWrites(plan, identity) != 0) {
            different.add("not settled");
        }
        return different;
    }

    @Test
    void a_bucket_that_was_created_and_not_yet_marked_is_completed_on_servers_without_tags_at_creation() {
        TenantIdentity identity = Fixtures.freshIdentity();
        BucketPlan plan = store.plan(identity);
        store.root.createBucket(r -> r.bucket(plan.bucket()).objectLockEnabledForBucket(true));

        assertThat(restarted(plan, identity).done()).isTrue();
        assertThat(store.state(plan)).isEqualTo(expected(UnderWay.CREATE, identity, plan));
    }

    /** Another tenant, or anybody, with the bucket half done. */
    private static boolean strangersGetIn(BucketPlan plan) {
        return TestStore.status(() -> neighbour.listObjectsV2(r -> r.bucket(plan.bucket()))) == 200
                || TestStore.status(() -> nobody.listObjectsV2(r -> r.bucket(plan.bucket()))) == 200;
    }

    /** Which of the requests are writes when nothing happens. */
    private static List<Integer> undisturbed(UnderWay work) {
        TenantIdentity identity = Fixtures.freshIdentity();
        before(work, identity);
        BucketPlan plan = plan(work, identity);
        RecordedCalls calls = new RecordedCalls();
        try (ObjectStoreDriver driver = store.driver(calls)) {
            assertThat(new ObjectStoreApplier(driver)
                            .apply(plan, secrets(identity))
                            .done())
                    .isTrue();
            assertThat(store.state(plan)).isEqualTo(expected(work, identity, plan));
            return calls.placesOfWrites();
        }
    }

    private static void crash(BucketPlan plan, TenantIdentity identity, int n, boolean answered) {
        RecordedCalls calls = new RecordedCalls();
        try (ObjectStoreDriver driver = store.driver(calls)) {
            if (answered) {
                calls.dieAfter(n);
            } else {
                calls.dieBefore(n);
            }
            new ObjectStoreApplier(driver).apply(plan, secrets(identity));
            throw new AssertionError("request " + n + " was never sent");
        } catch (RecordedCalls.OperatorEnd expected) {
            // as planned
        }
    }

    private static Outcome restarted(BucketPlan plan, TenantIdentity identity) {
        try (ObjectStoreDriver driver = store.driver(new RecordedCalls())) {
            return new ObjectStoreApplier(driver).apply(plan, secrets(identity));
        }
    }

    private static int restartedWrites(BucketPlan plan, TenantIdentity identity) {
        RecordedCalls calls = new RecordedCalls();
        try (ObjectStoreDriver driver = store.driver(calls)) {
            new ObjectStoreApplier(driver).apply(plan, secrets(identity));
            return calls.writes().size();
        }
    }

    /** The end state, written down independently of the code that makes it. */
    private static TestStore.State expected(UnderWay work, TenantIdentity identity, BucketPlan plan) {
        List<Slot> live = switch (work) {
            case CREATE, REOPEN, UNDO_AN_ATTACK -> List.of(Slot.One);
            case CLOSE -> List.of();
            case ADD_THE_SECOND_KEY -> BOTH;
            case DROP_THE_FIRST_KEY -> List.of(Slot.Two);
        };
        return new TestStore.State(store.asPlanned(plan, store.state(plan).bucket()), store.observed(identity, live));
    }

    private static void attack(TenantIdentity identity) {
        BucketPlan plan = store.tenant(identity);
        store.root.putObject(r -> r.bucket(plan.bucket()).key("data"), RequestBody.fromString("x"));
        store.root.putBucketPolicy(r -> r.bucket(plan.bucket())
                .policy("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","
                        + "\"Action\":\"s3:*\",\"Resource\":[\"arn:aws:s3:::" + plan.bucket() + "\",\"arn:aws:s3:::"
                        + plan.bucket() + "/*\"]}]}"));
        if (!store.kind.keysSupplied() && !store.minting()) {
            store.accounts.delete(plan.accessKeyId(Slot.One));
            store.accounts.put(plan.accessKeyId(Slot.Two), "second-key-of-an-intruder-0123456789");
        }
    }

    private static List<SlotSecret> secrets(TenantIdentity identity) {
        return BOTH.stream().map(slot -> store.secret(identity, slot)).toList();
    }
}
