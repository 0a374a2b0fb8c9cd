package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.TenantIdentity;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SweepLooksTest {
    private static final DatabaseFacts FACTS = new DatabaseFacts(
            "tenants",
            "18",
            180_000,
            "bulkhead",
            false,
            true,
            "bulkhead",
            true,
            null,
            DatabaseFacts.WriteSettings.USUAL,
            false,
            null,
            List.of(),
            Map.of(),
            Map.of(),
            0,
            true,
            Map.of());

    private final List<TenantIdentity> tenants = new ArrayList<>();
    private int cutOff;

    SweepLooksTest() {
        for (int i = 0; i < 250; i++) {
            tenants.add(Fixture.newIdentity());
        }
    }

    @Test
    void one_tenant_that_makes_looks_too_long_is_found_and_all_others_are_seen() throws SQLException {
        TenantIdentity flooder = tenants.get(77);

        SweepLooks looks = SweepLooks.of(scope -> look(scope, Set.of(flooder)), tenants);

        assertThat(looks.cutOff()).containsExactly(flooder);
        assertThat(looks.unseen()).isEmpty();
        assertThat(looks.snapshot().tenants().values())
                .filteredOn(ObservedSchema::canary)
                .hasSize(249);
        assertThat(looks.snapshot().tenants()).hasSize(250);
    }

    @Test
    void where_every_look_takes_too_long_the_sweep_ends_and_says_whom_it_did_not_see() throws SQLException {
        SweepLooks looks = SweepLooks.of(scope -> look(scope, Set.copyOf(tenants)), tenants);

        assertThat(cutOff).isLessThanOrEqualTo(12);
        assertThat(looks.unseen()).isNotEmpty().hasSize(250 - looks.cutOff().size());
    }

    /** Tenants that were looked at closely have a canary here. */
    private CatalogueSnapshot look(CatalogueScope scope, Set<TenantIdentity> slow) throws SQLException {
        if (scope.depth() == CatalogueScope.Depth.Things && slow.stream().anyMatch(tenant -> sees(scope, tenant))) {
            cutOff++;
            throw new SQLException("canceling statement due to statement timeout", "57014");
        }
        Map<String, ObservedSchema> found = new HashMap<>();
        tenants.stream()
                .filter(tenant -> sees(scope, tenant))
                .forEach(tenant -> found.put(
                        tenant.suffix(),
                        new ObservedSchema(
                                tenant.suffix(),
                                null,
                                scope.depth() == CatalogueScope.Depth.Things,
                                Map.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                false)));
        return new CatalogueSnapshot(FACTS, found);
    }

    private static boolean sees(CatalogueScope scope, TenantIdentity tenant) {
        return scope.everything() || scope.schemaNames().contains(tenant.schema());
    }
}
