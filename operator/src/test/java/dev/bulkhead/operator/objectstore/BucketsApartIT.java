package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whether a server keeps buckets apart is found out on it, with buckets of the operator's own. */
@EveryDriver
class BucketsApartIT {
    private final StoreKind kind;

    BucketsApartIT(StoreKind kind) {
        this.kind = kind;
    }

    @Test
    void what_is_documented_is_found_the_key_is_gone_afterwards_and_a_second_run_uses_the_same_buckets() {
        try (TestStore store = TestStore.start(kind)) {
            BucketsApart apart = apart(store, ExternalCalls.unobserved());
            Set<String> before = store.accounts.list().keySet();
            Set<String> others = store.driver.bucketNames();

            assertThat(apart.makesKeys()).isNotEqualTo(kind.keysSupplied());
            if (kind.keysSupplied()) {
                return;
            }
            StoreTrial first = apart.tried();
            // With keys that the server makes a trial is the same, and takes its time.
            StoreTrial second = kind == StoreKind.AwsIam ? first : apart.tried();

            for (StoreTrial found : List.of(first, second)) {
                found.features().forEach((feature, tried) -> {
                    assertThat(tried.clear()).as("%s", found).isTrue();
                    assertThat(tried.seen().available())
                            .as("%s", tried)
                            .isEqualTo(kind.documented(true).has(feature));
                });
            }
            assertThat(store.accounts.list().keySet()).isEqualTo(before);
            assertThat(store.driver.bucketNames())
                    .as("buckets that this server does not remove; the next run goes on with them")
                    .filteredOn(name -> !others.contains(name))
                    .hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void a_run_that_was_cut_off_is_made_up_for_by_the_next() {
        if (kind != StoreKind.SeaweedFs) {
            return;
        }
        RecordedCalls calls = new RecordedCalls();
        try (TestStore store = TestStore.start(kind)) {
            calls.dieBefore(100);
            assertThatThrownBy(() -> apart(store, calls).tried()).isInstanceOf(RecordedCalls.OperatorEnd.class);
            calls.clear();

            EscapeReport report =
                    apart(store, ExternalCalls.unobserved()).tried().names();

            assertThat(report.with(CarrierResult.UNCLEAR)).isEmpty();
        }
    }

    private static BucketsApart apart(TestStore store, ExternalCalls calls) {
        return new BucketsApart(
                store.server.connection(),
                store.kind,
                store.driver(ExternalCalls.unobserved()),
                calls,
                Clock.systemUTC());
    }
}
