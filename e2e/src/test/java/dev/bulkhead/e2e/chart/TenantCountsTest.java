package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.operator.boundary.ObjectCounts;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chart's roles against the counts of the quota. A tenant's ServiceAccounts have what its Roles give them, and a
 * Role gives no more than its maker has.
 */
class TenantCountsTest {
    private static final List<GenericKubernetesResource> OBJECTS = RenderedChart.objects(RenderedChart.minimalValues());
    private static final String BINDINGS = "rolebindings.rbac.authorization.k8s.io";
    private static final SortedMap<String, Long> COUNTS =
            ObjectCounts.of(new Share(new TenantNamespace("one", "app"), 1, 1, 1, 1, 1, Map.of()));

    @ParameterizedTest
    @ValueSource(strings = {"bulkhead-tenant-admin", "bulkhead-tenant-user", "bulkhead-auditor"})
    void the_quota_counts_every_kind_that_a_role_of_people_lets_them_make(String role) {
        assertThat(COUNTS.keySet()).containsAll(made(role));
    }

    @Test
    void people_make_many_kinds_and_none_that_is_limited_to_nothing() {
        assertThat(made("bulkhead-tenant-admin"))
                .hasSizeGreaterThan(12)
                .allSatisfy(kind -> assertThat(COUNTS.get(kind)).as(kind).isGreaterThanOrEqualTo(50));
    }

    /** Events no quota counts, and nobody else makes quotas and limits there. */
    @Test
    void guard_17_keeps_room_for_every_kind_that_the_operator_makes_beside_others() {
        Set<String> own = made("bulkhead-tenant-operator");
        own.removeAll(Set.of("events", "events.events.k8s.io", "limitranges", "resourcequotas"));
        assertThat(made("bulkhead-operator")).contains(BINDINGS);
        own.add(BINDINGS);

        Set<String> kept = new TreeSet<>();
        for (JsonNode rule : RenderedChart.object(OBJECTS, "ValidatingAdmissionPolicy", "bulkhead-counts")
                .at("/spec/matchConstraints/resourceRules")) {
            kept.addAll(kinds(rule));
        }

        assertThat(kept).isEqualTo(own);
        assertThat(COUNTS.keySet()).containsAll(kept);
    }

    private static Set<String> made(String role) {
        Set<String> kinds = new TreeSet<>();
        for (JsonNode rule : RenderedChart.object(OBJECTS, "ClusterRole", role).get("rules")) {
            if (rule.get("verbs").toString().contains("\"create\"")) {
                kinds.addAll(kinds(rule));
            }
        }
        return kinds;
    }

    /** Subresources are no objects. */
    private static Set<String> kinds(JsonNode rule) {
        Set<String> kinds = new TreeSet<>();
        for (JsonNode group : rule.get("apiGroups")) {
            for (JsonNode resource : rule.get("resources")) {
                if (!resource.asText().contains("/")) {
                    kinds.add(resource.asText() + (group.asText().isEmpty() ? "" : "." + group.asText()));
                }
            }
        }
        return kinds;
    }
}
