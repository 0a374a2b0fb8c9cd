package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.validate.ValidTenant;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/** What lets the applier skip a look: never what a change that was begun may have undone. */
class AppliedPlansTest {
    private static final ValidTenant TENANT = Tenants.full();
    private static final SchemaPlan OPEN = DatabasePlanner.plan(TENANT.identity(), TENANT.database(), false);
    private static final SchemaPlan CLOSED = DatabasePlanner.plan(TENANT.identity(), TENANT.database(), true);

    private final AppliedPlans applied = new AppliedPlans(new SecureRandom());

    @Test
    void a_change_that_was_begun_ends_what_was_known_before_it() {
        applied.closedNow(CLOSED);
        assertThat(applied.closed(CLOSED)).isTrue();

        applied.begun(OPEN);

        assertThat(applied.closed(CLOSED)).as("the login may be open by now").isFalse();
        assertThat(applied.closed(OPEN)).isFalse();
    }

    @Test
    void a_sweep_with_an_older_plan_does_not_bring_it_back() {
        applied.closedNow(CLOSED);
        applied.begun(OPEN);

        applied.seenClean(CLOSED);

        assertThat(applied.closed(CLOSED)).isFalse();
    }
}
