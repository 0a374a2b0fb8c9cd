package dev.bulkhead.e2e.operator.faults;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import java.util.Objects;

/** Tells walls from doors. */
final class Walls {
    private Walls() {}

    /** Selects every pod, in both directions, and allows nothing. */
    static boolean deniesAll(NetworkPolicy policy) {
        var spec = policy.getSpec();
        return spec.getPolicyTypes().containsAll(List.of("Ingress", "Egress"))
                && Objects.requireNonNullElse(spec.getIngress(), List.of()).isEmpty()
                && Objects.requireNonNullElse(spec.getEgress(), List.of()).isEmpty()
                && (spec.getPodSelector() == null
                        || (Objects.requireNonNullElse(spec.getPodSelector().getMatchLabels(), java.util.Map.of())
                                        .isEmpty()
                                && spec.getPodSelector().getMatchExpressions().isEmpty()));
    }

    /** Gives somebody other than the operator a right. */
    static boolean letsPeopleIn(RoleBinding binding) {
        return binding.getSubjects().stream().anyMatch(s -> !s.getKind().equals("ServiceAccount"));
    }
}
