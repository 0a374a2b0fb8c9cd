package dev.bulkhead.operator.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.DatabaseStatus;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.TenantState;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is closed where, when a Tenant goes and its keys or its status are not as they should be. */
class PlacementsTest {
    private static final String OTHER = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private static final Placement EVERYWHERE = Tenants.placed("pg", "db", "s3");
    private static final Placement DATABASE_ONLY = Placement.NONE.with(PartId.database, new Place("pg", "db"));
    private static final KeyRingStore.FoundRing ABSENT = new KeyRingStore.FoundRing.Absent();

    @Test
    void the_record_counts_also_where_the_keys_cannot_be_opened() {
        assertThat(Placements.of(tenant(null, null), unusable(TenantState.at(EVERYWHERE), "acme")))
                .isEqualTo(EVERYWHERE);
    }

    @Test
    void a_ring_made_for_another_name_takes_nobody_down() {
        assertThat(Placements.of(tenant(OTHER, null), unusable(TenantState.at(EVERYWHERE), "globex")))
                .isNull();
    }

    @Test
    void a_ring_of_ones_own_uid_that_cannot_be_read_says_that_something_was_made() {
        assertThat(Placements.of(tenant(null, null), unusable(null, ""))).isEqualTo(Placement.NONE);
        assertThat(Placements.of(tenant(null, database()), unusable(null, ""))).isEqualTo(DATABASE_ONLY);
    }

    @Test
    void a_ring_of_a_claimed_identity_that_cannot_be_read_says_nothing_of_the_claimer() {
        assertThat(Placements.of(tenant(OTHER, null), unusable(null, ""))).isNull();
    }

    @Test
    void without_a_ring_the_status_is_good_enough_to_close_what_it_names() {
        assertThat(Placements.of(tenant(null, database()), ABSENT)).isEqualTo(DATABASE_ONLY);
        assertThat(Placements.of(tenant(null, null), ABSENT)).isNull();
    }

    private static KeyRingStore.FoundRing unusable(@Nullable TenantState state, String owner) {
        return new KeyRingStore.FoundRing.Unusable(
                new Finding(Reason.KeyUnavailable, "key ring", "is not to be opened"), state, owner, null);
    }

    private static DatabaseStatus database() {
        return new DatabaseStatus("pg", "db", "t_0", "t_0_login1");
    }

    private static Tenant tenant(@Nullable String adopt, @Nullable DatabaseStatus database) {
        Tenant tenant = new Tenant();
        tenant.setMetadata(new ObjectMetaBuilder()
                .withName("acme")
                .withUid("6f1c9d70-0000-4000-8000-000000000001")
                .build());
        tenant.setSpec(adopt == null ? Tenants.plainSpec() : Tenants.adopting(adopt));
        if (database != null) {
            tenant.setStatus(new TenantStatus(
                    1L, null, null, null, null, null, null, null, List.of(), database, null, null, null, List.of(),
                    List.of(), List.of(), List.of(), null));
        }
        return tenant;
    }
}
