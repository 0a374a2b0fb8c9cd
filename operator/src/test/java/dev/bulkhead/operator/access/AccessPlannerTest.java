package dev.bulkhead.operator.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.Golden;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessPlannerTest {
    private static final Golden GOLDEN = Golden.of("access");
    private static final Map<String, ValidTenant> CASES = Map.of(
            "full", Tenants.full(),
            "plain", Tenants.plain(),
            "suspended", Tenants.suspended(),
            "canary", canary("canary-one", "bulkhead-canary", false));

    @ParameterizedTest
    @ValueSource(strings = {"full", "plain", "suspended", "canary"})
    void the_plan_is_what_was_reviewed(String name) {
        GOLDEN.check(name, plan(Objects.requireNonNull(CASES.get(name))));
    }

    @Test
    void every_golden_file_belongs_to_a_case() {
        GOLDEN.checkNoneIsUnused(CASES.keySet());
    }

    @Test
    void every_object_carries_the_marks() {
        ValidTenant tenant = Tenants.full();
        assertThat(plan(tenant)).allMatch(object -> Marks.ours(object, tenant.identity()));
    }

    @Test
    void without_people_there_is_no_binding_for_people() {
        assertThat(AccessPlanner.people(Tenants.plain())).isEmpty();
    }

    @Test
    void a_suspended_tenant_is_open_to_its_auditors_only() {
        assertThat(AccessPlanner.people(Tenants.suspended()))
                .isNotEmpty()
                .allMatch(binding -> binding.getMetadata().getName().equals(AccessPlanner.AUDITORS));
    }

    @Test
    void only_a_shipped_canary_that_is_not_suspended_has_an_account_that_tries_guards() {
        for (ValidTenant other : List.of(
                Tenants.full(),
                canary("canary-one", "bulkhead-canary", true),
                canary("canary-one", "portal", false),
                canary("canary-three", "bulkhead-canary", false))) {
            assertThat(AccessPlanner.canaryAccounts(other)).isEmpty();
            assertThat(AccessPlanner.canaryBinding(other)).isEmpty();
        }
    }

    @Test
    void the_account_is_bound_in_its_own_namespace_and_no_pod_gets_its_token() {
        ValidTenant canary = canary("canary-two", "bulkhead-canary", false);

        assertThat(AccessPlanner.canaryAccounts(canary)).singleElement().satisfies(account -> {
            assertThat(account.getMetadata().getNamespace()).isEqualTo("canary-two--cage");
            assertThat(account.getAutomountServiceAccountToken()).isFalse();
        });
        assertThat(AccessPlanner.canaryBinding(canary)).singleElement().satisfies(binding -> {
            assertThat(binding.getMetadata().getNamespace()).isEqualTo("canary-two--cage");
            assertThat(binding.getSubjects())
                    .containsExactly(new Subject(null, "ServiceAccount", "bulkhead-canary", "canary-two--cage"));
        });
    }

    @Test
    void people_are_sorted_whatever_the_order_of_the_spec() {
        assertThat(AccessPlanner.people(Tenants.full()))
                .filteredOn(binding -> binding.getMetadata().getName().equals(AccessPlanner.ADMINS))
                .hasSize(2)
                .allSatisfy(binding -> assertThat(binding.getSubjects())
                        .extracting(Subject::getName)
                        .containsExactly("adam@klinik.example", "zoe@klinik.example"));
    }

    private static List<HasMetadata> plan(ValidTenant tenant) {
        List<HasMetadata> plan = new ArrayList<>(
                AccessPlanner.operatorBinding(tenant, new OperatorAccount("bulkhead-system", "bulkhead")));
        plan.addAll(AccessPlanner.people(tenant));
        plan.addAll(AccessPlanner.canaryAccounts(tenant));
        plan.addAll(AccessPlanner.canaryBinding(tenant));
        return plan;
    }

    private static ValidTenant canary(String name, String profile, boolean suspended) {
        return Tenants.of(name, "5a6b7c8d-1122-4333-8444-555666777888", """
                profile: %s
                displayName: Canary of the tests
                namespaces: [{ name: cage }]
                quota: { cpu: 500m, memory: 512Mi, pods: 4 }
                suspend: %s
                """.formatted(profile, suspended));
    }
}
