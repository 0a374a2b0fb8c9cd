package dev.bulkhead.operator.compartment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.part.Prepared;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompartmentTest {
    @Test
    void every_part_is_planned_in_the_order_in_which_it_is_applied() {
        TenantPlan plan =
                Compartment.toRead().plan(Tenants.full(), new Prepared(Tenants.PLATFORM, Slots.FIRST, null, Map.of()));

        assertThat(plan.parts()).extracting(TenantPlan.PlannedPart::id).containsExactly(PartId.values());
    }
}
