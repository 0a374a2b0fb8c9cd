package dev.bulkhead.operator.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.rotation.ExchangePlanner.ExchangeStage;
import dev.bulkhead.operator.rotation.ExchangePlanner.Next;
import dev.bulkhead.operator.rotation.ExchangePlanner.Rules;
import dev.bulkhead.operator.rotation.ExchangePlanner.SeenExchange;
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
        assertThat(next(ExchangeStage.Idle, SeenExchange.NOTHING, FIVE_MINUTES)).isEqualTo(new Next.Make());
    }

    @Test
    void the_new_one_is_delivered_only_once_it_was_let_in() {
        assertThat(next(ExchangeStage.Made, tried(Admission.Admitted), FIVE_MINUTES))
                .isEqualTo(new Next.Switch());
        assertThat(next(ExchangeStage.Made, tried(Admission.Refused), FIVE_MINUTES))
                .isInstanceOf(Next.Await.class);
        assertThat(next(ExchangeStage.Made, tried(Admission.Unknown), FIVE_MINUTES))
                .isInstanceOf(Next.Await.class);
    }

    @Test
    void after_a_breach_too_the_old_one_stays_until_the_new_one_is_delivered() {
        assertThat(next(ExchangeStage.Made, tried(Admission.Refused), AT_ONCE)).isInstanceOf(Next.Await.class);
        assertThat(next(ExchangeStage.Switched, delivered(false), AT_ONCE)).isInstanceOf(Next.Await.class);
        assertThat(next(ExchangeStage.Switched, delivered(true), AT_ONCE)).isEqualTo(new Next.Shut());
    }

    @Test
    void from_its_delivery_on_the_old_one_has_a_last_moment() {
        assertThat(next(ExchangeStage.Switched, delivered(false), FIVE_MINUTES)).isInstanceOf(Next.Await.class);
        assertThat(next(ExchangeStage.Switched, delivered(true), FIVE_MINUTES))
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
        SeenExchange seen = new SeenExchange(false, Admission.Unknown, true, 0, OptionalInt.empty(), Admission.Unknown);
        assertThat(draining(until, seen, until.minusSeconds(1))).isEqualTo(awaiting("it may still be used", until));
        assertThat(draining(until, seen, until)).isEqualTo(new Next.Shut());
    }

    @Test
    void it_is_through_only_when_the_old_one_was_refused() {
        assertThat(next(ExchangeStage.Shut, old(Admission.Refused), FIVE_MINUTES))
                .isEqualTo(new Next.Forget());
        assertThat(next(ExchangeStage.Shut, old(Admission.Admitted), FIVE_MINUTES))
                .isInstanceOf(Next.Await.class);
        assertThat(next(ExchangeStage.Shut, old(Admission.Unknown), FIVE_MINUTES))
                .isInstanceOf(Next.Await.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = ExchangeStage.class,
            names = {"Made", "Switched", "Draining"})
    void of_a_suspended_tenant_nothing_has_to_work_and_nothing_is_waited_for(ExchangeStage stage) {
        SeenExchange seen = new SeenExchange(true, Admission.Unknown, false, 5, OptionalInt.of(5), Admission.Unknown);
        assertThat(ExchangePlanner.next(stage, NOW.plusSeconds(60), seen, FIVE_MINUTES, NOW))
                .isEqualTo(new Next.Shut());
    }

    private static Next next(ExchangeStage stage, SeenExchange seen, Rules rules) {
        return ExchangePlanner.next(stage, null, seen, rules, NOW);
    }

    private static Next draining(Instant until, SeenExchange seen, Instant now) {
        return ExchangePlanner.next(ExchangeStage.Draining, until, seen, FIVE_MINUTES, now);
    }

    private static Next awaiting(String words, Instant until) {
        Instant shown = words.startsWith("no session") ? NOW.plus(Duration.ofMinutes(5)) : until;
        return new Next.Await("the old one works until " + shown + "; " + words, until);
    }

    private static SeenExchange tried(Admission newOne) {
        return new SeenExchange(false, newOne, false, 0, OptionalInt.empty(), Admission.Unknown);
    }

    private static SeenExchange delivered(boolean delivered) {
        return new SeenExchange(false, Admission.Unknown, delivered, 0, OptionalInt.empty(), Admission.Unknown);
    }

    private static SeenExchange used(int sessions, int pods) {
        return new SeenExchange(false, Admission.Unknown, true, pods, OptionalInt.of(sessions), Admission.Unknown);
    }

    private static SeenExchange old(Admission oldOne) {
        return new SeenExchange(false, Admission.Unknown, true, 0, OptionalInt.empty(), oldOne);
    }
}
