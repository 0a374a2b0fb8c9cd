package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.objectstore.BucketsApartWatch.Stand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When it is tried whether buckets are apart, and what is made of it. */
class BucketsApartWatchTest {
    private final ScriptedTrial trial = new ScriptedTrial();
    private final SteppedClock clock = new SteppedClock();
    private final BucketsApartWatch watch = new BucketsApartWatch(trial, new AtomicReference<>(), clock);

    @Test
    void it_is_tried_once_each_day_and_when_the_server_is_another() {
        assertThat(watch.look()).get().returns(true, StoreCapabilities.SeenFeature::available);
        watch.look();
        assertThat(trial.trials).isEqualTo(1);

        clock.now = clock.now.plus(Duration.ofHours(24));
        watch.look();
        assertThat(trial.trials).isEqualTo(2);

        trial.server = "newer";
        watch.look();
        watch.look();
        assertThat(trial.trials).isEqualTo(3);
    }

    @Test
    void what_got_through_holds_new_keys_back_until_a_trial_shows_that_nothing_does() {
        assertThat(watch.stand()).isEqualTo(Stand.NobodyYet);
        trial.result = CarrierResult.THROUGH;
        assertThat(watch.look()).get().returns("got out of a bucket by marker", StoreCapabilities.SeenFeature::message);
        assertThat(watch.stand()).isEqualTo(Stand.NobodyNew);

        trial.result = CarrierResult.UNCLEAR;
        trial.server = "newer";
        watch.look();
        assertThat(watch.stand()).as("an unclear trial takes nothing back").isEqualTo(Stand.NobodyNew);

        trial.result = CarrierResult.KEPT;
        watch.look();
        assertThat(watch.stand()).isEqualTo(Stand.Everybody);
    }

    @Test
    void what_was_never_shown_holds_new_keys_back_and_is_tried_again_at_the_next_look() {
        trial.result = CarrierResult.UNCLEAR;
        watch.look();
        watch.look();

        assertThat(watch.stand()).isEqualTo(Stand.NobodyNew);
        assertThat(trial.trials).isEqualTo(2);
    }

    @Test
    void an_unclear_trial_or_none_does_not_unsay_that_buckets_are_apart() {
        watch.look();
        clock.now = clock.now.plus(Duration.ofHours(25));

        trial.result = CarrierResult.UNCLEAR;
        assertThat(watch.look()).get().returns(true, StoreCapabilities.SeenFeature::available);
        trial.result = null;
        assertThat(watch.look()).get().returns(true, StoreCapabilities.SeenFeature::available);

        assertThat(watch.stand()).isEqualTo(Stand.Everybody);
    }

    @Test
    void a_store_that_was_never_tried_and_cannot_be_now_is_not_known() {
        trial.result = null;

        assertThatThrownBy(watch::look).isInstanceOf(StoreException.class);
    }

    static final class ScriptedTrial implements BucketsApartWatch.ApartTrial {
        @Nullable
        CarrierResult result = CarrierResult.KEPT;

        String server = "older";
        int trials;

        @Override
        public boolean makesKeys() {
            return true;
        }

        @Override
        public String server() {
            return server;
        }

        @Override
        public Optional<EscapeReport> tried() {
            trials++;
            if (result == null) {
                throw new StoreException(StoreException.StoreFailure.Unreachable, "Escape", "");
            }
            return Optional.of(new EscapeReport(List.of(new CarrierFinding("marker", result, "so it was"))));
        }
    }

    private static final class SteppedClock extends Clock {
        private Instant now = Instant.parse("2026-11-29T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
