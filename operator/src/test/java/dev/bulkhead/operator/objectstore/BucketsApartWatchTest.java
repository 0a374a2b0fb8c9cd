package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.escape.KeyPowers.PowerFinding;
import dev.bulkhead.operator.escape.KeyPowers.PowerResult;
import dev.bulkhead.operator.fixture.SetClock;
import dev.bulkhead.operator.objectstore.BucketsApartWatch.Stand;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When it is tried whether buckets are apart, and what is made of it. */
class BucketsApartWatchTest {
    private final ScriptedTrial trial = new ScriptedTrial();
    private final SetClock clock = new SetClock();
    private final BucketsApartWatch watch = new BucketsApartWatch(trial, new AtomicReference<>(), clock);

    @Test
    void it_is_tried_once_each_day_and_when_the_server_is_another() {
        assertThat(apart()).returns(true, StoreCapabilities.SeenFeature::available);
        watch.look();
        assertThat(trial.trials).isEqualTo(1);

        clock.pass(Duration.ofHours(24));
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
        assertThat(apart()).returns("got out of a bucket by marker", StoreCapabilities.SeenFeature::message);
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
        clock.pass(Duration.ofHours(25));

        trial.result = CarrierResult.UNCLEAR;
        assertThat(apart()).returns(true, StoreCapabilities.SeenFeature::available);
        trial.result = null;
        assertThat(apart()).returns(true, StoreCapabilities.SeenFeature::available);

        assertThat(watch.stand()).isEqualTo(Stand.Everybody);
    }

    @Test
    void what_was_shown_of_one_program_is_not_said_of_the_next() {
        watch.look();
        trial.server = "newer";
        trial.result = CarrierResult.UNCLEAR;

        assertThat(apart()).returns(false, StoreCapabilities.SeenFeature::available);
        assertThat(watch.stand()).isEqualTo(Stand.NobodyNew);

        trial.server = "newest";
        trial.result = null;
        assertThat(apart()).returns(false, StoreCapabilities.SeenFeature::available);
    }

    @Test
    void a_server_that_gives_no_name_just_then_is_no_other() {
        watch.look();
        trial.server = "";
        watch.look();
        trial.server = "older";
        watch.look();

        assertThat(trial.trials).isEqualTo(1);
    }

    @Test
    void what_stays_unclear_is_tried_less_and_less_often_and_what_was_shown_ends() {
        watch.look();
        trial.result = CarrierResult.UNCLEAR;
        clock.pass(Duration.ofHours(24));
        for (int minute = 0; minute < 24 * 60; minute++) {
            watch.look();
            clock.pass(Duration.ofMinutes(1));
        }
        assertThat(trial.trials).isBetween(25, 35);
        assertThat(watch.stand()).isEqualTo(Stand.Everybody);

        clock.pass(Duration.ofHours(24));
        watch.look();
        assertThat(watch.stand()).as("three days after it was shown").isEqualTo(Stand.NobodyNew);
    }

    @Test
    void a_store_that_was_never_tried_and_cannot_be_now_is_not_known() {
        trial.result = null;

        assertThatThrownBy(watch::look).isInstanceOf(StoreException.class);
    }

    @Test
    void what_a_key_can_make_is_known_by_itself_and_shuts_nobody_out() {
        watch.look();
        trial.power = PowerResult.THROUGH;
        trial.server = "newer";
        assertThat(keys()).returns(false, StoreCapabilities.SeenFeature::available);
        assertThat(watch.stand()).isEqualTo(Stand.Everybody);

        trial.power = PowerResult.UNCLEAR;
        trial.server = "newest";
        assertThat(keys())
                .as("an unclear trial takes nothing back")
                .satisfies(seen -> assertThat(seen.message()).contains("CreateAccessKey (IAM)"));
        int trials = trial.trials;
        assertThat(apart()).returns(true, StoreCapabilities.SeenFeature::available);
        assertThat(trial.trials).as("and is made again").isEqualTo(trials + 1);

        trial.power = PowerResult.KEPT;
        trial.server = "last";
        assertThat(keys()).returns(true, StoreCapabilities.SeenFeature::available);
    }

    private StoreCapabilities.SeenFeature apart() {
        return Objects.requireNonNull(watch.look().get(StoreFeature.KeepsBucketsApart));
    }

    private StoreCapabilities.SeenFeature keys() {
        return Objects.requireNonNull(watch.look().get(StoreFeature.KeysMakeNoKeys));
    }

    static final class ScriptedTrial implements BucketsApartWatch.ApartTrial {
        @Nullable
        CarrierResult result = CarrierResult.KEPT;

        PowerResult power = PowerResult.KEPT;
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
        public StoreTrial tried() {
            trials++;
            if (result == null) {
                throw new StoreException(StoreException.StoreFailure.Unreachable, "Escape", "");
            }
            return new StoreTrial(
                    new EscapeReport(List.of(new CarrierFinding("marker", result, "so it was"))),
                    List.of(new PowerFinding("CreateAccessKey (IAM)", power, "so it was")));
        }
    }
}
