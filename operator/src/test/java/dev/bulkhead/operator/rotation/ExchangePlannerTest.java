package dev.bulkhead.operator.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.rotation.ExchangePlanner.Next;
import dev.bulkhead.operator.rotation.ExchangePlanner.Rules;
import dev.bulkhead.operator.rotation.ExchangePlanner.Seen;
import dev.bulkhead.operator.rotation.ExchangePlanner.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExchangePlannerTest {
    private static final Instant NOW = Instant.parse("2026-11-29T09:00:00Z");
    private static final Rules FIVE_MINUTES = new Rules(false, Duration.ofMinutes(5));
    private static final Rules AT_ONCE = new Rules(true, Duration.ofMinutes(5));

    @Test
    void it_begins_with_a_new_credential_beside_the_one_in_use() {
        assertThat(next(Stage.Idle, Seen.NOTHING, FIVE_MINUTES)).isEqualTo(new Next.Make());
    }

    @Test
    void the_new_one_is_delivered_only_once_it_was_let_in() {
        assertThat(next(Stage.Made, tried(Admission.Admitted), FIVE_MINUTES)).isEqualTo(new Next.Switch());
        assertThat(next(Stage.Made, tried(Admission.Refused), FIVE_MINUTES)).isInstanceOf(Next.Await.class);
        assertThat(next(Stage.Made, tried(Admission.Unknown), FIVE_MINUTES)).isInstanceOf(Next.Await.class);
    }

    @Test
    void after_a_breach_too_the_old_one_stays_until_the_new_one_is_delivered() {
        assertThat(next(Stage.Made, tried(Admission.Refused), AT_ONCE)).isInstanceOf(Next.Await.class);
        assertThat(next(Stage.Switched, delivered(false), AT_ONCE)).isInstanceOf(Next.Await.class);
        assertThat(next(Stage.Switched, delivered(true), AT_ONCE)).isEqualTo(new Next.Shut());
    }

    @Test
    void from_its_delivery_on_the_old_one_has_a_last_moment() {
        assertThat(next(Stage.Switched, delivered(false), FIVE_MINUTES)).isInstanceOf(Next.Await.class);
        assertThat(next(Stage.Switched, delivered(true), FIVE_MINUTES))
                .isEqualTo(new Next.Drain(NOW.plus(Duration.ofMinutes(5))));
    }

    @Test
    void it_is_shut_at_that_moment_whoever_still_uses_it() {
        Instant until = NOW.plusSeconds(1);
        assertThat(draining(until, used(3, 2), NOW)).isEqualTo(awaiting("pods still have it", until));
        assertThat(draining(until, used(3, 2), until)).isEqualTo(new Next.Shut());
    }

    @Test
    void one_that_nobody_uses_goes_earlier_but_not_before_mounted_secrets_are_renewed() {
        Instant until = NOW.plus(Duration.ofMinutes(5));
        Instant renewed = NOW.plus(ExchangePlanner.LEAST_DRAIN);
        assertThat(draining(until, used(0, 0), NOW)).isEqualTo(awaiting("no session or pod uses it", renewed));
        assertThat(draining(until, used(0, 0), renewed)).isEqualTo(new Next.Shut());
        assertThat(draining(until, used(1, 0), renewed)).isInstanceOf(Next.Await.class);
        assertThat(draining(until, used(0, 1), renewed)).isInstanceOf(Next.Await.class);
    }

    @Test
    void a_key_of_which_nobody_can_tell_who_uses_it_takes_its_whole_time() {
        Instant until = NOW.plus(Duration.ofMinutes(5));
        Seen seen = new Seen(false, Admission.Unknown, true, 0, OptionalInt.empty(), Admission.Unknown);
        assertThat(draining(until, seen, until.minusSeconds(1))).isEqualTo(awaiting("it may still be used", until));
        assertThat(draining(until, seen, until)).isEqualTo(new Next.Shut());
    }

    @Test
    void it_is_through_only_when_the_old_one_was_refused() {
        assertThat(next(Stage.Shut, old(Admission.Refused), FIVE_MINUTES)).isEqualTo(new Next.Forget());
        assertThat(next(Stage.Shut, old(Admission.Admitted), FIVE_MINUTES)).isInstanceOf(Next.Await.class);
        assertThat(next(Stage.Shut, old(Admission.Unknown), FIVE_MINUTES)).isInstanceOf(Next.Await.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = Stage.class,
            names = {"Made", "Switched", "Draining"})
    void of_a_suspended_tenant_nothing_has_to_work_and_nothing_is_waited_for(Stage stage) {
        Seen seen = new Seen(true, Admission.Unknown, false, 5, OptionalInt.of(5), Admission.Unknown);
        assertThat(ExchangePlanner.next(stage, NOW.plusSeconds(60), seen, FIVE_MINUTES, NOW))
                .isEqualTo(new Next.Shut());
    }

    private static Next next(Stage stage, Seen seen, Rules rules) {
        return ExchangePlanner.next(stage, null, seen, rules, NOW);
    }

    private static Next draining(Instant until, Seen seen, Instant now) {
        return ExchangePlanner.next(Stage.Draining, until, seen, FIVE_MINUTES, now);
    }

    private static Next awaiting(String words, Instant until) {
        Instant shown = words.startsWith("no session") ? NOW.plus(Duration.ofMinutes(5)) : until;
        return new Next.Await("the old one works until " + shown + "; " + words, until);
    }

    private static Seen tried(Admission newOne) {
        return new Seen(false, newOne, false, 0, OptionalInt.empty(), Admission.Unknown);
    }

    private static Seen delivered(boolean delivered) {
        return new Seen(false, Admission.Unknown, delivered, 0, OptionalInt.empty(), Admission.Unknown);
    }

    private static Seen used(int sessions, int pods) {
        return new Seen(false, Admission.Unknown, true, pods, OptionalInt.of(sessions), Admission.Unknown);
    }

    private static Seen old(Admission oldOne) {
        return new Seen(false, Admission.Unknown, true, 0, OptionalInt.empty(), oldOne);
    }
}
