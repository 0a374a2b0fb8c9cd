package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantStatus.Demand;
import dev.bulkhead.operator.outcome.Reason;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart ships, and what {@code ./bulkhead up} applies. */
class ShippedProfilesTest {
    /** The number of each product's TOM document begins the ids of its measures. */
    private static final Map<String, String> DOCUMENTS =
            Map.of("digitaltwin", "000", "portal", "002", "voice-agent", "003");

    /** What this version enforces; another Required control would keep every tenant from being Ready. */
    private static final Set<String> ENFORCED =
            Set.of("TI-NS", "TI-NET", "TI-POD", "TI-RBAC", "TI-DB", "TI-OBJ", "TI-SEC", "TI-ENV");

    private static final int CONTROLS = 22;

    static List<String> profiles() {
        return Examples.profiles();
    }

    static List<String> examples() {
        return Examples.names();
    }

    @Test
    void there_is_a_profile_for_every_product_and_an_example_for_every_profile() {
        assertThat(profiles()).containsExactlyInAnyOrderElementsOf(DOCUMENTS.keySet());
        assertThat(examples().stream()
                        .map(e -> Examples.tenant(Examples.tree(e)).getSpec().profile()))
                .containsExactlyInAnyOrderElementsOf(DOCUMENTS.keySet());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void every_example_is_valid_under_its_profile(String example) {
        Tenant tenant = Examples.tenant(Examples.tree(example));
        assertThat(example)
                .isEqualTo(
                        tenant.getSpec().profile() + "-" + tenant.getMetadata().getName());
        Validation validation = TenantValidator.validate(tenant, Examples.around(tenant));
        assertThat(validation)
                .isInstanceOfSatisfying(
                        Validation.Valid.class, v -> assertThat(v.looser()).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void every_bound_can_be_read(String profile) {
        Tenant tenant = Examples.tenant(Examples.tree("portal-waschhaus"));
        Findings findings = new Findings();
        ProfileBounds.check(tenant.getSpec(), profile, Examples.profile(profile).getSpec(), findings);
        assertThat(findings.list()).noneMatch(f -> f.reason() == Reason.InvalidProfile);
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void every_bound_names_measures_of_the_products_own_document(String profile) {
        TenantProfileSpec rules = Examples.profile(profile).getSpec();
        assertThat(rules.bounds())
                .isNotEmpty()
                .allSatisfy((field, bound) -> assertThat(bound.measure())
                        .as(field)
                        .isNotEmpty()
                        .allMatch(m -> m.matches(DOCUMENTS.get(profile) + "-[0-9]{2}")));
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void every_control_of_the_catalogue_is_demanded_and_only_what_is_enforced_is_required(String profile) {
        Map<String, Demand> controls = Examples.profile(profile).getSpec().controls();
        assertThat(controls).hasSize(CONTROLS);
        assertThat(controls)
                .allSatisfy((id, demand) ->
                        assertThat(demand).as(id).isEqualTo(ENFORCED.contains(id) ? Demand.Required : Demand.Expected));
    }
}
