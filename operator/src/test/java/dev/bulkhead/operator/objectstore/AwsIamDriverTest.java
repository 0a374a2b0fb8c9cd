package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.fixture.SetClock;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the driver makes of what AWS answers. The clock is set; nothing waits. */
class AwsIamDriverTest {
    private static final String PATH = "/bulkhead/objects-1/";

    private final IamServer server = new IamServer();
    private final SetClock clock = new SetClock();
    private final TenantIdentity tenant = Fixtures.identity(5);
    private final String user = tenant.bucket();
    private final AwsIamDriver driver = driver();

    @AfterEach
    void stop() {
        driver.close();
        server.close();
    }

    @Test
    void a_tenant_is_a_user_below_our_path_with_our_mark_and_is_named_as_the_server_says() {
        MintedKey key = issued();

        assertThat(stored(user).path).isEqualTo(PATH);
        assertThat(stored(user).tags).containsExactly(Map.entry("bulkhead", tenant.hash()));
        assertThat(key.name()).isEqualTo(new StoreKeys.Named("AKIA000000000001", IamServer.ACCOUNT + PATH + user));
        assertThat(key.secret()).isEqualTo(new SlotSecret(Slot.One, IamServer.secret("AKIA000000000001")));
        assertThat(driver.observeKeys(plan(key))).isEqualTo(Map.of(Slot.One, new ObservedKey(true, null)));
    }

    @Test
    void what_the_server_keeps_of_users_is_found_and_told() {
        assertThat(driver.remarks())
                .extracting(Capability::name, Capability::available)
                .containsExactly(tuple("userPaths", true), tuple("userTags", true));
        assertThat(server.users).isEmpty();
    }

    @Test
    void a_server_without_paths_and_tags_is_told_so_and_its_users_are_found_by_their_names() {
        server.paths = false;
        server.tags = false;
        server.put("administrator", "/");

        MintedKey key = issued();

        assertThat(driver.remarks()).extracting(Capability::available).containsExactly(false, false);
        assertThat(driver.remarks())
                .extracting(Capability::message)
                .allMatch(m -> !Objects.requireNonNull(m).isEmpty());
        assertThat(key.name().principal()).isEqualTo(IamServer.ACCOUNT + "/" + user);
        driver.forgetKeys();
        assertThat(driver.observeKeys(plan(key))).containsKey(Slot.One);
        assertThat(server.forms)
                .filteredOn(form -> "ListUsers".equals(form.get("Action")))
                .noneMatch(form -> form.containsKey("PathPrefix"));
    }

    @Test
    void users_are_listed_below_the_path_page_by_page() {
        MintedKey key = issued();
        IntStream.range(0, 4).forEach(i -> server.put("bh-0" + i, PATH));
        server.put("bh-elsewhere", "/");
        server.requests.clear();
        driver.forgetKeys();

        assertThat(driver.observeKeys(plan(key))).containsKey(Slot.One);

        assertThat(server.count("ListUsers")).isEqualTo(3);
        assertThat(server.forms)
                .filteredOn(form -> "ListUsers".equals(form.get("Action")))
                .allMatch(form -> "/bulkhead/".equals(form.get("PathPrefix")));
    }

    @Test
    void one_sweep_looks_at_so_many_users_and_the_next_at_those_that_come_after() {
        driver.remarks();
        List<BucketPlan> plans = IntStream.range(100, 200)
                .mapToObj(n -> {
                    server.put(Fixtures.identity(n).bucket(), PATH);
                    return plan(Fixtures.identity(n), StoreKind.AwsIam.keys(Fixtures.identity(n)), Set.of(Slot.One));
                })
                .toList();
        plans.forEach(driver::observeKeys);
        assertThat(server.count("ListAccessKeys")).isEqualTo(100);

        server.requests.clear();
        driver.forgetKeys();
        plans.forEach(driver::observeKeys);
        assertThat(server.count("ListAccessKeys")).isEqualTo(75);
        stored(Fixtures.identity(180).bucket()).keys.put("AKIAPLANTED", "Active");
        driver.forgetKeys();
        BucketPlan planted = plan(
                Fixtures.identity(180),
                StoreKeys.only(Slot.One, new StoreKeys.Named("AKIAPLANTED", "p")),
                Set.of(Slot.One));

        assertThat(driver.observeKeys(planted)).containsKey(Slot.One);
    }

    @ParameterizedTest
    @CsvSource({"400, Throttling", "400, ThrottlingException", "503, SlowDown", "400, RequestLimitExceeded", "503, X"})
    void a_server_that_asks_for_a_pause_gets_it(int status, String code) {
        driver.remarks();
        server.refuseNext("CreateUser", status, code, "7");

        assertThatThrownBy(this::issued).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.failure()).isEqualTo(StoreFailure.Busy);
            assertThat(e.getMessage()).doesNotContain("said by the server");
        });
        server.requests.clear();
        clock.pass(Duration.ofMillis(6_900));
        assertThatThrownBy(this::issued).hasMessageContaining("asked for a pause");
        assertThat(server.requests).isEmpty();
        clock.pass(Duration.ofMillis(200));

        assertThat(issued().name().isKnown()).isTrue();
    }

    @Test
    void pauses_that_the_server_does_not_name_grow_and_end_with_the_first_request_it_takes() {
        IamThrottle throttle = new IamThrottle(clock);
        for (int seconds : List.of(1, 2, 4, 8, 16, 30, 30)) {
            throttle.refused(null);
            clock.pass(Duration.ofSeconds(seconds).minusMillis(1));
            assertThatThrownBy(() -> throttle.enter("GetUser")).isInstanceOf(StoreException.class);
            clock.pass(Duration.ofMillis(1));
            throttle.enter("GetUser");
        }
        throttle.taken();
        throttle.refused(null);
        clock.pass(Duration.ofSeconds(1));
        throttle.enter("GetUser");
        throttle.refused("Sun, 29 Nov 2026 12:30:00 GMT");
        clock.pass(Duration.ofMinutes(5));
        throttle.enter("GetUser"); // nobody is kept waiting for longer
    }

    @Test
    void a_new_key_that_does_not_work_yet_is_waited_for_and_is_no_error() {
        MintedKey key = issued();
        server.unheard.add(key.name().accessKeyId());

        assertThat(misfit(key).map(Finding::reason)).contains(Reason.KeySettling);
        clock.pass(Duration.ofSeconds(10));
        assertThat(misfit(key).map(Finding::text))
                .hasValueSatisfying(text -> assertThat(text)
                        .contains(key.name().accessKeyId())
                        .contains("InvalidAccessKeyId")
                        .doesNotContain(key.secret().secret()));
        server.unheard.clear();
        assertThat(misfit(key)).isEmpty();
        server.requests.clear();
        assertThat(misfit(key)).as("one that works is not asked again").isEmpty();
        assertThat(server.requests).isEmpty();
    }

    @Test
    void a_key_that_never_comes_to_work_is_said_to_be_refused() {
        MintedKey key = issued();
        server.unheard.add(key.name().accessKeyId());
        assertThat(misfit(key).map(Finding::reason)).contains(Reason.KeySettling);

        clock.pass(Duration.ofMinutes(2));

        assertThat(misfit(key).map(Finding::reason)).contains(Reason.ObjectStoreRefused);
    }

    @Test
    void a_policy_that_names_a_user_the_server_does_not_know_everywhere_is_tried_again() {
        BucketPlan plan = plan(issued());
        BucketChange.SetPolicy policy = new BucketChange.SetPolicy(Objects.requireNonNull(plan.policy()));
        server.refuseNext("PutBucketPolicy", 400, "MalformedPolicy", "");

        assertThatThrownBy(() -> driver.change(plan, policy)).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.failure()).isEqualTo(StoreFailure.NotYet);
            assertThat(e.finding("objects-1").reason()).isEqualTo(Reason.KeySettling);
        });
        driver.change(plan, policy);
    }

    @Test
    void a_policy_that_is_refused_for_longer_than_a_key_takes_is_refused() {
        BucketPlan plan = plan(issued());
        BucketChange.SetPolicy policy = new BucketChange.SetPolicy(Objects.requireNonNull(plan.policy()));
        server.refuseNext("PutBucketPolicy", 400, "MalformedPolicy", "");
        server.refuseNext("PutBucketPolicy", 400, "MalformedPolicy", "");
        assertThatThrownBy(() -> driver.change(plan, policy))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.NotYet));

        clock.pass(Duration.ofMinutes(2));

        assertThatThrownBy(() -> driver.change(plan, policy))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.Rejected));
    }

    @Test
    void a_user_that_is_there_already_is_gone_on_with_and_its_unknown_keys_are_deleted() {
        driver.remarks();
        IamServer.StoredUser left = server.put(user, PATH);
        left.tags.put("bulkhead", tenant.hash());
        left.keys.putAll(Map.of("AKIALOST1", "Active", "AKIALOST2", "Active"));

        MintedKey key = issued();

        assertThat(left.keys).containsOnlyKeys(key.name().accessKeyId());
    }

    @Test
    void a_user_that_carries_anothers_mark_is_left_alone() {
        driver.remarks();
        IamServer.StoredUser theirs = server.put(user, PATH);
        theirs.tags.put("bulkhead", "another");
        theirs.keys.put("AKIATHEIRS", "Active");

        assertThatThrownBy(this::issued).hasMessageContaining(user).hasMessageContaining("another's mark");

        assertThat(theirs.keys).containsOnlyKeys("AKIATHEIRS");
        assertThat(theirs.tags).containsEntry("bulkhead", "another");
    }

    @Test
    void a_user_that_the_store_left_under_a_name_it_had_before_is_seen_and_goes_with_the_tenant() {
        driver.remarks();
        IamServer.StoredUser left = server.put(user, "/bulkhead/an-earlier-name/");
        left.tags.put("bulkhead", tenant.hash());
        left.keys.put("AKIALEFT", "Active");
        BucketPlan closed = plan(tenant, StoreKeys.derived(tenant), Set.of());

        assertThatThrownBy(this::issued)
                .hasMessageContaining("/bulkhead/an-earlier-name/")
                .hasMessageContaining("move it there");
        driver.forgetKeys();
        assertThat(driver.observeKeys(closed)).containsOnlyKeys(Slot.One);
        driver.revokeKey(closed, Slot.One);

        assertThat(server.users).isEmpty();
    }

    @Test
    void a_user_that_lacks_the_mark_gets_it() {
        driver.remarks();
        server.put(user, PATH);

        issued();

        assertThat(stored(user).tags).containsEntry("bulkhead", tenant.hash());
    }

    @Test
    void a_deleted_key_that_the_server_still_counts_is_waited_for() {
        driver.remarks();
        server.keysAtMost = 0;

        assertThatThrownBy(this::issued)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.NotYet));
        server.keysAtMost = 2;

        assertThat(issued().name().isKnown()).isTrue();
    }

    @Test
    void the_second_key_is_the_same_users_and_a_third_is_never_made() {
        MintedKey one = issued();
        StoreKeys keys = one.among(StoreKind.AwsIam.keys(tenant));
        MintedKey two = driver.issueKey(
                        plan(tenant, keys, Set.of(Slot.One, Slot.Two)), Fixtures.secret(tenant, Slot.Two))
                .orElseThrow();
        BucketPlan both = plan(tenant, two.among(keys), Set.of(Slot.One, Slot.Two));

        assertThat(two.name().principal()).isEqualTo(one.name().principal());
        assertThat(driver.observeKeys(both)).containsOnlyKeys(Slot.One, Slot.Two);
        assertThat(driver.issueKey(both, two.secret())).isEmpty();
        assertThat(stored(user).keys).hasSize(2);

        driver.revokeKey(plan(tenant, two.among(keys), Set.of(Slot.Two)), Slot.One);
        assertThat(stored(user).keys).containsOnlyKeys(two.name().accessKeyId());
    }

    @Test
    void what_somebody_gave_a_user_makes_its_key_extraordinary_and_is_taken_back() {
        MintedKey key = issued();
        IamServer.StoredUser given = stored(user);
        given.documents.add("wide");
        given.policies.add("arn:aws:iam::aws:policy/AdministratorAccess");
        given.groups.add("readers");
        given.keys.put("AKIAFURTHER", "Active");
        given.keys.put(key.name().accessKeyId(), "Inactive");
        driver.forgetKeys();

        assertThat(driver.observeKeys(plan(key))).isEqualTo(Map.of(Slot.One, new ObservedKey(false, null)));
        assertThat(driver.issueKey(plan(key), key.secret())).isEmpty();

        assertThat(given.documents).isEmpty();
        assertThat(given.policies).isEmpty();
        assertThat(given.groups).isEmpty();
        assertThat(given.keys).isEqualTo(Map.of(key.name().accessKeyId(), "Active"));
        assertThat(driver.observeKeys(plan(key))).isEqualTo(Map.of(Slot.One, new ObservedKey(true, null)));
    }

    @Test
    void a_user_that_was_moved_keeps_its_key_and_is_named_anew() {
        MintedKey key = issued();
        IamServer.StoredUser before = stored(user);
        IamServer.StoredUser moved = server.put(user, PATH + "elsewhere/");
        moved.tags.putAll(before.tags);
        moved.keys.putAll(before.keys);
        driver.forgetKeys();

        assertThat(driver.observeKeys(plan(key))).isEqualTo(Map.of(Slot.One, new ObservedKey(false, null)));
        assertThat(driver.issueKey(plan(key), key.secret()))
                .contains(new MintedKey(
                        new StoreKeys.Named(key.name().accessKeyId(), IamServer.ACCOUNT + PATH + "elsewhere/" + user),
                        key.secret()));
    }

    @Test
    void closing_takes_keys_first_then_the_rest_and_whoever_is_gone_already_is_no_error() {
        MintedKey key = issued();
        stored(user).documents.add("wide");
        server.refuseNext("DeleteAccessKey", 404, "NoSuchEntity", "");
        BucketPlan closed = plan(tenant, StoreKeys.derived(tenant), Set.of());
        server.requests.clear();

        assertThat(driver.observeKeys(closed)).containsOnlyKeys(Slot.One);
        assertThatThrownBy(() -> driver.revokeKey(closed, Slot.One))
                .as("the server said that the key is gone, and it is not")
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.NotYet));
        assertThat(stored(user).keys).containsOnlyKeys(key.name().accessKeyId());
        driver.revokeKey(closed, Slot.One);

        assertThat(server.users).isEmpty();
        assertThat(server.requests.indexOf("DeleteAccessKey")).isLessThan(server.requests.indexOf("DeleteUserPolicy"));
        driver.forgetKeys();
        assertThat(driver.observeKeys(closed)).isEmpty();
        driver.revokeKey(closed, Slot.Two);
    }

    @Test
    void a_trial_key_that_the_server_does_not_know_yet_is_gone_on_with() {
        CapabilityProbe.TrialKeys trial = driver.probeKeys();
        server.unheard.add("AKIA000000000001");
        assertThatThrownBy(() -> trial.issue("bh-capabilities-x"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.NotYet));
        server.unheard.clear();

        assertThat(trial.issue("bh-capabilities-x").name().accessKeyId()).isEqualTo("AKIA000000000001");
        trial.revoke("bh-capabilities-x");
        assertThat(server.users).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://iam.amazonaws.com, us-east-1",
        "https://iam.us-gov.amazonaws.com, us-gov-west-1",
        "https://iam.cn-north-1.amazonaws.com.cn, cn-north-1",
        "https://s3.example:8333, eu-central-1"
    })
    void requests_are_signed_for_the_region_of_the_iam_endpoint(URI endpoint, String region) {
        assertThat(IamConnection.region(endpoint, "eu-central-1")).isEqualTo(region);
    }

    private MintedKey issued() {
        return driver.issueKey(
                        plan(tenant, StoreKind.AwsIam.keys(tenant), Set.of(Slot.One)),
                        Fixtures.secret(tenant, Slot.One))
                .orElseThrow();
    }

    private Optional<Finding> misfit(MintedKey key) {
        return driver.misfit(plan(key), List.of(key.secret())).map(outcome -> {
            assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
            return outcome.findings().getFirst();
        });
    }

    private BucketPlan plan(MintedKey key) {
        return plan(tenant, key.among(StoreKind.AwsIam.keys(tenant)), Set.of(Slot.One));
    }

    private static BucketPlan plan(TenantIdentity identity, StoreKeys keys, Set<Slot> live) {
        return ObjectStorePlanner.plan(
                identity,
                Fixtures.store(StoreKind.AwsIam, false, null),
                StoreKind.AwsIam.documented(false),
                keys,
                live,
                live.isEmpty());
    }

    private AwsIamDriver driver() {
        return new AwsIamDriver(
                new StoreConnection(
                        "objects-1",
                        server.endpoint(),
                        server.endpoint(),
                        "us-east-1",
                        "root",
                        "root-secret-of-the-tests-0123456789",
                        null,
                        StoreConnection.Limits.DEFAULT),
                ExternalCalls.unobserved(),
                StoreKind.AwsIam.documented(false),
                clock);
    }

    private IamServer.StoredUser stored(String name) {
        return Objects.requireNonNull(server.users.get(name), name);
    }
}
