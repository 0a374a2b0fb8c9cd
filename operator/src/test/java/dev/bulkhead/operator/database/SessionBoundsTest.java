package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.database.SessionBounds.SessionExcess;
import dev.bulkhead.operator.database.SessionBounds.SessionHold;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose sessions are ended. */
class SessionBoundsTest {
    private static final String ONE = "t_aaaaaaaaaaaaaaaa_l1";
    private static final String ITS_SECOND = "t_aaaaaaaaaaaaaaaa_l2";
    private static final String OTHER = "t_bbbbbbbbbbbbbbbb_l1";

    @Test
    void a_tenant_may_hold_a_quarter_of_the_table() {
        assertThat(SessionBounds.share(64, 100)).isEqualTo(1600);
        assertThat(SessionBounds.share(1, 1)).isEqualTo(1);
    }

    @Test
    void who_is_within_it_is_left_alone() {
        assertThat(SessionBounds.excesses(List.of(hold(1, ONE, 1000), hold(2, OTHER, 1600)), 1600))
                .isEmpty();
    }

    @Test
    void the_largest_goes_first_and_no_more_than_it_takes() {
        SessionHold small = hold(1, ONE, 10);
        SessionHold large = hold(2, ONE, 1590);
        SessionHold second = hold(3, ITS_SECOND, 700);

        assertThat(SessionBounds.excesses(List.of(small, second, large), 1600)).containsExactly(locks(large));
        assertThat(SessionBounds.excesses(List.of(small, second, large), 705))
                .containsExactly(locks(large), locks(second));
    }

    /** Many sessions of one tenant are that tenant. */
    @Test
    void both_logins_of_a_tenant_count_together_and_nobody_elses_does() {
        SessionHold one = hold(1, ONE, 900);
        SessionHold two = hold(2, ITS_SECOND, 900);

        assertThat(SessionBounds.excesses(List.of(one, two, hold(3, OTHER, 900)), 1600))
                .containsExactly(locks(one));
    }

    @Test
    void a_transaction_may_stay_open_for_a_day() {
        SessionHold report = new SessionHold(1, ONE, 3, Duration.ofHours(24));
        SessionHold forgotten =
                new SessionHold(2, OTHER, 3, Duration.ofHours(24).plusSeconds(1));

        assertThat(SessionBounds.excesses(List.of(report, forgotten), 1600))
                .containsExactly(new SessionExcess(forgotten, Reason.TransactionTooLong));
    }

    /** What it held is given back with it. */
    @Test
    void one_that_goes_for_its_age_counts_no_more_among_locks() {
        SessionHold old = new SessionHold(1, ONE, 1600, Duration.ofHours(25));
        SessionHold fresh = hold(2, ONE, 1600);

        assertThat(SessionBounds.excesses(List.of(old, fresh), 1600))
                .containsExactly(new SessionExcess(old, Reason.TransactionTooLong));
    }

    @Test
    void whoever_is_no_tenant_is_left_alone() {
        assertThat(SessionBounds.excesses(
                        List.of(
                                hold(1, "postgres", 100_000),
                                hold(2, "t_aaaaaaaaaaaaaaaa_app", 100_000),
                                new SessionHold(3, "bulkhead_operator", 100_000, Duration.ofDays(9))),
                        1600))
                .isEmpty();
    }

    private static SessionHold hold(int pid, String login, long locks) {
        return new SessionHold(pid, login, locks, Duration.ofMinutes(1));
    }

    private static SessionExcess locks(SessionHold session) {
        return new SessionExcess(session, Reason.LocksExceeded);
    }
}
