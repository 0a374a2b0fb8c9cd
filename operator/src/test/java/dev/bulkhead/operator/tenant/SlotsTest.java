package dev.bulkhead.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.compartment.Compartment;
import dev.bulkhead.operator.compartment.TenantPlan;
import dev.bulkhead.operator.database.DatabasePart;
import dev.bulkhead.operator.delivery.SecretsPart;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.SlotUse;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.objectstore.ObjectStorePart;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.secret.Purpose;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whichever slot is in use, the plan opens that login and that key alone, and delivers what belongs to them. */
class SlotsTest {
    @ParameterizedTest
    @CsvSource({"One,One", "One,Two", "Two,One", "Two,Two"})
    void the_plan_follows_the_slots_in_use(Slot database, Slot objectStore) {
        ValidTenant tenant = Tenants.full();

        TenantPlan plan = Compartment.toRead()
                .plan(
                        tenant,
                        new Prepared(
                                Tenants.PLATFORM,
                                new Slots(Map.of(
                                        PartId.database,
                                        SlotUse.only(database),
                                        PartId.objectStore,
                                        SlotUse.only(objectStore))),
                                null,
                                Map.of()));

        assertThat(plan.of(DatabasePart.Plan.class).schema().live()).containsExactly(database);
        assertThat(plan.of(ObjectStorePart.Plan.class).bucket().live()).isEqualTo(Set.of(objectStore));
        assertThat(credentials(plan))
                .containsOnly(Purpose.of(PartId.database, database), Purpose.of(PartId.objectStore, objectStore));
        assertThat(texts(plan))
                .contains(
                        tenant.identity().schema() + "_l" + database.number(),
                        tenant.identity().bucket() + "-" + objectStore.number());
    }

    private static List<Purpose> credentials(TenantPlan plan) {
        return values(plan)
                .filter(PlannedSecret.Value.Credential.class::isInstance)
                .map(value -> ((PlannedSecret.Value.Credential) value).purpose())
                .toList();
    }

    private static List<String> texts(TenantPlan plan) {
        return values(plan)
                .filter(PlannedSecret.Value.Text.class::isInstance)
                .map(value -> ((PlannedSecret.Value.Text) value).text())
                .toList();
    }

    private static Stream<PlannedSecret.Value> values(TenantPlan plan) {
        return plan.of(SecretsPart.Plan.class).deliveries().stream()
                .flatMap(delivery -> delivery.secret().data().values().stream());
    }
}
