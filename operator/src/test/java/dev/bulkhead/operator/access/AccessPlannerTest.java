package dev.bulkhead.operator.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.fixture.Golden;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessPlannerTest {
    private static final LocalDate DAY = LocalDate.of(2026, 6, 1);
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
    void who_loses_a_right_does_so_before_anybody_gains_one() {
        ValidTenant tenant = Tenants.full();
        List<RoleBinding> found = AccessPlanner.people(tenant);
        TenantSpec.People less = new TenantSpec.People(
                List.of(tenant.people().admins().getFirst(), person("new@klinik.example")),
                tenant.people().users(),
                tenant.people().auditors());
        List<RoleBinding> planned = AccessPlanner.people(tenant.keepingOnly(less, DAY));
        List<RoleBinding> wider = planned.stream()
                .map(b -> b.getMetadata().getName().equals(AccessPlanner.ADMINS)
                        ? new RoleBindingBuilder(b)
                                .addNewSubject("rbac.authorization.k8s.io", "User", "new@klinik.example", null)
                                .build()
                        : b)
                .toList();

        assertThat(AccessPlanner.narrowed(wider, found))
                .hasSize(tenant.namespaces().size())
                .allSatisfy(b -> {
                    assertThat(b.getMetadata().getName()).isEqualTo(AccessPlanner.ADMINS);
                    assertThat(b.getSubjects())
                            .extracting(Subject::getName)
                            .containsExactly(tenant.people().admins().getFirst().user());
                });
        assertThat(AccessPlanner.narrowed(found, found)).isEmpty();
        assertThat(AccessPlanner.narrowed(found, planned)).as("only gains").isEmpty();
    }

    @Test
    void what_a_spec_takes_away_counts_also_where_the_rest_of_it_is_wrong() {
        ValidTenant tenant = Tenants.full();
        TenantSpec.People held = tenant.people();

        assertThat(tenant.keepingOnly(held, DAY).people()).isEqualTo(held);
        assertThat(tenant.keepingOnly(null, DAY).people())
                .isEqualTo(new TenantSpec.People(List.of(), List.of(), List.of()));
        assertThat(tenant.keepingOnly(held, LocalDate.of(2027, 1, 1)).people().auditors())
                .as("the last day has passed")
                .isEmpty();
        assertThat(tenant.keepingOnly(
                                new TenantSpec.People(
                                        List.of(new TenantSpec.Person(
                                                held.admins().getFirst().user(), null, "soon")),
                                        held.admins(),
                                        List.of()),
                                DAY)
                        .people())
                .as("a day nobody can read, and another role")
                .isEqualTo(new TenantSpec.People(List.of(), List.of(), List.of()));
    }

    private static TenantSpec.Person person(String user) {
        return new TenantSpec.Person(user, null, null);
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
