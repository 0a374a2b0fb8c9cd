package dev.bulkhead.operator.boundary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.fixture.Golden;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.part.SealingKey;
import dev.bulkhead.operator.part.ToldStanding;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.LimitRangeItem;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundaryPlannerTest {
    private static final Golden GOLDEN = Golden.of("boundary");
    private static final String IDENTITY = "0a0b0c0d-1112-4314-9516-171819202122";
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
    void a_namespace_says_what_its_tenant_may_do_there_and_a_bound_that_is_missing_opens_no_storage() {
        assertThat(BoundaryPlanner.namespaces(Tenants.full(), Tenants.PLATFORM))
                .allSatisfy(namespace -> assertThat(namespace.getMetadata().getAnnotations())
                        .containsOnlyKeys(
                                "bulkhead.dev/allowed-admins",
                                "bulkhead.dev/allowed-auditors",
                                "bulkhead.dev/allowed-claim-forms",
                                "bulkhead.dev/allowed-devices",
                                "bulkhead.dev/allowed-image-references",
                                "bulkhead.dev/allowed-priority-classes",
                                "bulkhead.dev/allowed-registries",
                                "bulkhead.dev/allowed-runtime-classes",
                                "bulkhead.dev/allowed-storage-classes",
                                "bulkhead.dev/allowed-users")
                        .containsEntry("bulkhead.dev/allowed-registries", "*")
                        .containsEntry("bulkhead.dev/allowed-claim-forms", "")
                        .containsEntry("bulkhead.dev/allowed-storage-classes", ""));
    }

    @Test
    void the_order_of_the_spec_does_not_change_the_plan() {
        String spec = """
                profile: portal
                displayName: Two
                namespaces: [%s]
                quota: { cpu: "4", memory: 4Gi, pods: 10 }
                """;
        ValidTenant one = Tenants.of("two", IDENTITY, spec.formatted("{ name: a }, { name: b }"));
        ValidTenant other = Tenants.of("two", IDENTITY, spec.formatted("{ name: b }, { name: a }"));

        assertThat(plan(other)).isEqualTo(plan(one));
    }

    @Test
    void the_quotas_of_all_namespaces_add_up_to_the_total() {
        ValidTenant tenant = Tenants.full();

        for (String cpu : List.of("requests.cpu", "limits.cpu")) {
            assertThat(sum(tenant, cpu)).isEqualTo(8.0);
        }
        for (String memory : List.of("requests.memory", "limits.memory")) {
            assertThat(sum(tenant, memory)).isEqualTo(16.0 * (1L << 30));
        }
        for (String disk : List.of("requests.ephemeral-storage", "limits.ephemeral-storage")) {
            assertThat(sum(tenant, disk)).isEqualTo(10.0 * (1L << 30));
        }
        assertThat(sum(tenant, "requests.storage")).isEqualTo(100.0 * (1L << 30));
        assertThat(sum(tenant, "pods")).isEqualTo(41);
    }

    @Test
    void no_namespace_gets_node_ports_or_load_balancers() {
        assertThat(quotas(Tenants.full()))
                .allSatisfy(quota -> assertThat(quota.getSpec().getHard())
                        .containsEntry("services.nodeports", new Quantity("0"))
                        .containsEntry("services.loadbalancers", new Quantity("0")));
    }

    @Test
    void a_tenant_without_storage_can_claim_no_volume() {
        assertThat(quotas(Tenants.plain()))
                .allSatisfy(quota -> assertThat(quota.getSpec().getHard())
                        .containsEntry("count/persistentvolumeclaims", new Quantity("0"))
                        .containsEntry("requests.storage", new Quantity("0")));
    }

    @Test
    void every_quota_names_each_device_of_the_platform_and_a_namespace_may_use_what_it_was_given() {
        assertThat(quotas(Tenants.full()))
                .extracting(quota -> Map.of(
                        "requests.example.org/gpu",
                        number(quota.getSpec().getHard(), "requests.example.org/gpu"),
                        "requests.example.org/nic",
                        number(quota.getSpec().getHard(), "requests.example.org/nic")))
                .containsExactly(
                        Map.of("requests.example.org/gpu", 2.0, "requests.example.org/nic", 0.0),
                        Map.of("requests.example.org/gpu", 0.0, "requests.example.org/nic", 0.0));
        assertThat(BoundaryPlanner.namespaces(Tenants.full(), Tenants.PLATFORM))
                .extracting(namespace -> Objects.requireNonNull(
                        namespace.getMetadata().getAnnotations().get("bulkhead.dev/allowed-devices")))
                .containsExactly("example.org/gpu", "");
        assertThat(quotas(Tenants.plain()))
                .allSatisfy(quota -> assertThat(quota.getSpec().getHard())
                        .containsEntry("requests.example.org/gpu", new Quantity("0")));
    }

    @Test
    void every_pod_that_may_run_may_have_ended_a_thousand_times_before() {
        assertThat(quotas(Tenants.plain()))
                .allSatisfy(quota -> assertThat(quota.getSpec().getHard())
                        .containsEntry("pods", new Quantity("5"))
                        .containsEntry("count/pods", new Quantity("1005")));
    }

    @Test
    void nothing_new_starts_while_a_tenant_is_suspended() {
        assertThat(quotas(Tenants.suspended()))
                .allSatisfy(quota -> assertThat(quota.getSpec().getHard()).containsEntry("pods", new Quantity("0")));
    }

    @Test
    void without_cpu_or_disk_nothing_runs_because_a_limit_of_zero_is_no_limit() {
        ValidTenant tenant = Tenants.of("nocpu", IDENTITY, """
                profile: portal
                displayName: No CPU
                namespaces: [{ name: a }, { name: data, quota: { cpu: "0" } }, { name: disk, quota: { ephemeralStorage: "0" } }]
                quota: { cpu: "1", memory: 4Gi, pods: 15 }
                """);

        assertThat(quotas(tenant))
                .extracting(quota -> number(quota.getSpec().getHard(), "pods"))
                .containsExactly(5.0, 0.0, 0.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1m 1Mi 1000", "1m 4Ki 1", "8 16Gi 40", "2k 8Pi 1000", "300m 200Mi 1"})
    void usual_limits_lie_between_least_and_most(String quota) {
        String[] amounts = quota.split(" ", -1);
        ValidTenant tenant = Tenants.of("limits", IDENTITY, """
                profile: portal
                displayName: Limits
                namespaces: [{ name: a }]
                quota: { cpu: "%s", memory: %s, pods: %s }
                """.formatted(amounts[0], amounts[1], amounts[2]));

        LimitRangeItem container = containerLimits(tenant);

        for (String resource : List.of("cpu", "memory", "ephemeral-storage")) {
            double least = number(container.getMin(), resource);
            double request = number(container.getDefaultRequest(), resource);
            double limit = number(container.getDefault(), resource);
            double most = number(container.getMax(), resource);
            assertThat(List.of(least, request, limit, most)).isSorted();
            assertThat(least).as("a limit of 0 would be no limit").isPositive();
        }
    }

    @Test
    void as_many_usual_containers_fit_as_the_quota_counts_pods() {
        LimitRangeItem container = containerLimits(Tenants.plain());

        assertThat(number(container.getDefault(), "cpu") * 5).isLessThanOrEqualTo(0.5);
        assertThat(number(container.getDefault(), "memory") * 5).isLessThanOrEqualTo(512.0 * (1 << 20));
        assertThat(number(container.getDefault(), "ephemeral-storage") * 5).isLessThanOrEqualTo(10.0 * (1 << 30));
    }

    private static List<HasMetadata> plan(ValidTenant tenant) {
        List<HasMetadata> plan = new ArrayList<>(BoundaryPlanner.namespaces(tenant, Tenants.PLATFORM));
        plan.addAll(BoundaryPlanner.limits(tenant, Tenants.PLATFORM));
        plan.addAll(BoundaryPlanner.cards(
                tenant,
                new SealingKey(3, "JqMyoP8D9Qpl0kN9P6c5Oz3kqkZ9q3F0b7Yj1Lq0mXQ"),
                new ToldStanding(TenantPhase.Active, Isolation.Unknown, "17/19", "0/17", "6/9")));
        return plan;
    }

    private static List<ResourceQuota> quotas(ValidTenant tenant) {
        return BoundaryPlanner.limits(tenant, Tenants.PLATFORM).stream()
                .filter(ResourceQuota.class::isInstance)
                .map(ResourceQuota.class::cast)
                .toList();
    }

    private static LimitRangeItem containerLimits(ValidTenant tenant) {
        return BoundaryPlanner.limits(tenant, Tenants.PLATFORM).stream()
                .filter(LimitRange.class::isInstance)
                .map(LimitRange.class::cast)
                .findFirst()
                .orElseThrow()
                .getSpec()
                .getLimits()
                .getFirst();
    }

    private static double sum(ValidTenant tenant, String resource) {
        return quotas(tenant).stream()
                .mapToDouble(quota -> number(quota.getSpec().getHard(), resource))
                .sum();
    }

    private static double number(Map<String, Quantity> amounts, String resource) {
        return Objects.requireNonNull(amounts.get(resource))
                .getNumericalAmount()
                .doubleValue();
    }
}
