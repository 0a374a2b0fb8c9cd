package dev.bulkhead.operator.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.operator.fixture.Golden;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkPlannerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Golden GOLDEN = Golden.of("network");
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
    void both_directions_are_named_in_every_policy_even_when_empty() {
        assertThat(plan(Tenants.full())).allSatisfy(policy -> {
            JsonNode spec = JSON.valueToTree(policy).path("spec");
            assertThat(spec.path("ingress").isArray()).isTrue();
            assertThat(spec.path("egress").isArray()).isTrue();
        });
    }

    @Test
    void no_rule_has_an_empty_list_of_peers_because_that_means_everybody() {
        assertThat(plan(Tenants.full())).allSatisfy(policy -> {
            assertThat(policy.getSpec().getIngress())
                    .allSatisfy(rule -> assertThat(rule.getFrom()).isNotEmpty());
            assertThat(policy.getSpec().getEgress())
                    .allSatisfy(rule -> assertThat(rule.getTo()).isNotEmpty());
        });
    }

    @Test
    void a_destination_without_addresses_or_without_ports_opens_nothing() {
        ValidTenant tenant = Tenants.plain();
        List<ValidTenant.Block> blocks = List.of(new ValidTenant.Block("203.0.113.0/24", List.of()));
        ValidTenant odd = withNetwork(
                tenant,
                new ValidTenant.ValidNetwork(
                        Map.of(),
                        List.of(
                                new ValidTenant.Egress("no-address", List.of(), List.of()),
                                new ValidTenant.Egress("no-port", blocks, List.of())),
                        List.of()));

        assertThat(plan(odd)).isEqualTo(plan(tenant));
    }

    @Test
    void a_backend_is_reachable_only_from_the_namespaces_it_is_delivered_to() {
        assertThat(plan(Tenants.full()))
                .filteredOn(policy -> policy.getMetadata().getName().equals(NetworkPlanner.backend(PartId.objectStore)))
                .extracting(policy -> policy.getMetadata().getNamespace())
                .containsExactly("klinik-nord--app");
        assertThat(plan(Tenants.plain()))
                .extracting(policy -> policy.getMetadata().getName())
                .doesNotContain(NetworkPlanner.backend(PartId.database), NetworkPlanner.backend(PartId.objectStore));
    }

    @Test
    void a_suspended_tenant_is_sealed_off() {
        assertThat(plan(Tenants.suspended()))
                .extracting(policy -> policy.getMetadata().getName())
                .containsExactly(NetworkPlanner.DEFAULT_DENY, NetworkPlanner.DEFAULT_DENY);
    }

    private static List<NetworkPolicy> plan(ValidTenant tenant) {
        return NetworkPlanner.policies(tenant, Tenants.PLATFORM);
    }

    private static ValidTenant withNetwork(ValidTenant tenant, ValidTenant.ValidNetwork network) {
        return new ValidTenant(
                tenant.name(),
                tenant.identity(),
                tenant.generation(),
                tenant.spec(),
                tenant.profile(),
                tenant.rules(),
                tenant.namespaces(),
                tenant.people(),
                network,
                tenant.database(),
                tenant.objectStore(),
                tenant.suspended());
    }
}
