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
    private static final Map<String, ValidTenant> CASES =
            Map.of("full", Tenants.full(), "plain", Tenants.plain(), "suspended", Tenants.suspended());

    @ParameterizedTest
    @ValueSource(strings = {"full", "plain", "suspended"})
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
        return plan;
    }
}
