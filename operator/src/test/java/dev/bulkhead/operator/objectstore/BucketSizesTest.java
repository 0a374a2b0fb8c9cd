package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.SetClock;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When buckets are asked how much they hold, and what is believed of it. */
class BucketSizesTest {
    private static final TenantIdentity TENANT = Fixtures.identity(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration QUARTER = Duration.ofMinutes(15);

    private final SetClock clock = new SetClock();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, Long> held = new HashMap<>();
    private final List<Runnable> rounds = new ArrayList<>();
    private final BucketSizes sizes = new BucketSizes("objects-1", this::size, rounds::add, clock);

    private Map<TenantIdentity, String> buckets = buckets(1);
    private Duration answer = Duration.ZERO;

    @Nullable
    private StoreFailure failure;

    private long size(String bucket) {
        asked.add(bucket);
        clock.pass(answer);
        if (failure != null) {
            throw new StoreException(failure, "Statistics", "");
        }
        return held.getOrDefault(bucket, 0L);
    }

    @Test
    void what_is_told_first_is_shown_once_it_is_told_again() {
        held.put("bucket-1", 5L);
        round();
        assertThat(sizes.of(TENANT)).isNull();

        clock.pass(MINUTE);
        round();
        assertThat(asked).as("too early to tell more than the first").hasSize(1);
        clock.pass(MINUTE);
        round();

        assertThat(sizes.of(TENANT)).isEqualTo(5);
    }

    @Test
    void a_server_that_has_just_started_and_counts_nothing_yet_does_not_make_a_bucket_empty() {
        believed(5);

        held.put("bucket-1", 0L);
        clock.pass(QUARTER);
        round();
        assertThat(sizes.of(TENANT)).isEqualTo(5);
        held.put("bucket-1", 6L);
        clock.pass(QUARTER);
        round();

        assertThat(sizes.of(TENANT)).isEqualTo(6);
        held.put("bucket-1", 3L);
        clock.pass(QUARTER);
        round();
        assertThat(sizes.of(TENANT))
                .as("the first time that it is less, once more")
                .isEqualTo(6);
    }

    @Test
    void a_bucket_that_shrank_is_shown_so_when_that_was_told_twice() {
        believed(5);

        held.put("bucket-1", 3L);
        clock.pass(QUARTER);
        round();
        held.put("bucket-1", 2L);
        clock.pass(QUARTER);
        round();

        assertThat(sizes.of(TENANT)).as("the more of the two").isEqualTo(3);
    }

    @Test
    void each_bucket_is_asked_four_times_an_hour() {
        believed(5);
        asked.clear();

        for (int minute = 0; minute < 60; minute++) {
            clock.pass(MINUTE);
            round();
        }

        assertThat(asked).hasSize(4);
    }

    @Test
    void many_buckets_are_asked_in_several_rounds_those_first_that_wait_longest() {
        buckets = buckets(450);

        round();
        assertThat(asked).hasSize(200);
        round();
        round();

        assertThat(asked).hasSize(450).doesNotHaveDuplicates();
    }

    @Test
    void a_slow_server_is_left_alone_after_a_while_and_the_next_round_goes_on() {
        buckets = buckets(20);
        answer = Duration.ofSeconds(3);

        round();
        assertThat(asked).hasSizeBetween(6, 8);
        round();
        round();

        assertThat(asked).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void the_first_failure_ends_a_round_and_the_next_one_begins_with_others() {
        buckets = buckets(3);
        failure = StoreFailure.Unreachable;

        round();
        assertThat(asked).hasSize(1);
        clock.pass(MINUTE);
        round();
        clock.pass(MINUTE);
        round();

        assertThat(asked).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void what_nobody_tells_any_more_is_shown_for_an_hour() {
        believed(5);
        failure = StoreFailure.Busy;

        clock.pass(Duration.ofMinutes(59));
        round();
        assertThat(sizes.of(TENANT)).isEqualTo(5);
        clock.pass(MINUTE);
        assertThat(sizes.of(TENANT)).isNull();

        failure = null;
        round();
        assertThat(sizes.of(TENANT)).as("no less than before").isEqualTo(5);
    }

    @Test
    void nobody_waits_for_a_round_and_none_is_begun_beside_another() {
        sizes.begin(buckets);
        sizes.begin(buckets);

        assertThat(asked).isEmpty();
        assertThat(rounds).hasSize(1);
    }

    @Test
    void a_failure_that_nobody_thought_of_does_not_end_all_rounds() {
        List<String> twice = new ArrayList<>();
        BucketSizes broken = new BucketSizes(
                "objects-1",
                bucket -> {
                    twice.add(bucket);
                    throw new IllegalStateException("no answer that anybody knows");
                },
                Runnable::run,
                clock);

        broken.begin(buckets);
        broken.begin(buckets);

        assertThat(twice).hasSize(2);
    }

    @Test
    void a_bucket_that_is_gone_or_whose_tenant_is_has_no_size() {
        believed(5);
        sizes.forget(TENANT);
        assertThat(sizes.of(TENANT)).isNull();

        believed(5);
        buckets = Map.of();
        round();
        assertThat(sizes.of(TENANT)).isNull();
    }

    @Test
    void a_tenant_that_goes_while_it_is_asked_for_stays_gone() {
        sizes.begin(buckets);
        sizes.forget(TENANT);
        rounds.removeFirst().run();
        clock.pass(QUARTER);
        rounds.clear();

        assertThat(asked).isEmpty();
        assertThat(sizes.of(TENANT)).isNull();
    }

    private void believed(long bytes) {
        held.put("bucket-1", bytes);
        round();
        clock.pass(Duration.ofSeconds(90));
        round();
        assertThat(sizes.of(TENANT)).isEqualTo(bytes);
    }

    private void round() {
        sizes.begin(buckets);
        new ArrayList<>(rounds).forEach(Runnable::run);
        rounds.clear();
    }

    private static Map<TenantIdentity, String> buckets(int many) {
        Map<TenantIdentity, String> all = new LinkedHashMap<>();
        for (int i = 1; i <= many; i++) {
            all.put(Fixtures.identity(i), "bucket-" + i);
        }
        return all;
    }
}
