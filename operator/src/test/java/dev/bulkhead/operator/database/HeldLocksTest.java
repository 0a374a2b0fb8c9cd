package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.database.HeldLocks.LockHolder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose sessions are ended. */
class HeldLocksTest {
    private static final String ONE = "t_aaaaaaaaaaaaaaaa_l1";
    private static final String ITS_SECOND = "t_aaaaaaaaaaaaaaaa_l2";
    private static final String OTHER = "t_bbbbbbbbbbbbbbbb_l1";

    @Test
    void a_tenant_may_hold_a_quarter_of_the_table() {
        assertThat(HeldLocks.share(64, 100)).isEqualTo(1600);
        assertThat(HeldLocks.share(1, 1)).isEqualTo(1);
    }

    @Test
    void who_is_within_it_is_left_alone() {
        assertThat(HeldLocks.tooMany(List.of(new LockHolder(1, ONE, 1000), new LockHolder(2, OTHER, 1600)), 1600))
                .isEmpty();
    }

    @Test
    void the_largest_goes_first_and_no_more_than_it_takes() {
        LockHolder small = new LockHolder(1, ONE, 10);
        LockHolder large = new LockHolder(2, ONE, 1590);
        LockHolder second = new LockHolder(3, ITS_SECOND, 700);

        assertThat(HeldLocks.tooMany(List.of(small, second, large), 1600)).containsExactly(large);
        assertThat(HeldLocks.tooMany(List.of(small, second, large), 705)).containsExactly(large, second);
    }

    /** Many sessions of one tenant are that tenant. */
    @Test
    void both_logins_of_a_tenant_count_together_and_nobody_elses_does() {
        LockHolder one = new LockHolder(1, ONE, 900);
        LockHolder two = new LockHolder(2, ITS_SECOND, 900);

        assertThat(HeldLocks.tooMany(List.of(one, two, new LockHolder(3, OTHER, 900)), 1600))
                .containsExactly(one);
    }

    @Test
    void whoever_is_no_tenant_is_left_alone() {
        assertThat(HeldLocks.tooMany(
                        List.of(
                                new LockHolder(1, "postgres", 100_000),
                                new LockHolder(2, "t_aaaaaaaaaaaaaaaa_app", 100_000),
                                new LockHolder(3, "bulkhead_operator", 100_000)),
                        1600))
                .isEmpty();
    }
}
