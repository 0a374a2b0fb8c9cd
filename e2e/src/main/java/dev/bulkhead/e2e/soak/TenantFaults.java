package dev.bulkhead.e2e.soak;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.e2e.soak.Lapses.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a tenant by its own status. Pure. */
final class TenantFaults {
    /** The condition, which waits for all that a change of the spec takes. */
    static final String READY = "Ready";
    /** What only pods can show. */
    private static final Set<String> BY_PODS = Set.of("TI-NET", "TI-EGR");

    private static final String SUSPENDED = "Suspended";

    private TenantFaults() {}

    /**
     * Its faults.
     *
     * @param pods whether there is a node for the prober's pods
     */
    static List<Fault> of(Tenant tenant, boolean pods) {
        if (tenant.getStatus() == null) {
            return List.of(new Fault(READY, "Unknown", "no status yet", false));
        }
        // Nobody can be attacked as a tenant that is closed, so nothing is proven of it.
        boolean closed = tenant.getStatus().conditions().stream()
                .anyMatch(condition ->
                        condition.type().equals(READY) && condition.reason().equals(SUSPENDED));
        List<Fault> faults = new ArrayList<>();
        for (ControlStatus control : tenant.getStatus().controls()) {
            add(faults, of(control, !closed && (pods || !BY_PODS.contains(control.id()))));
        }
        for (Condition condition : tenant.getStatus().conditions()) {
            if (condition.type().equals(READY) && condition.status() != Condition.Status.True && !closed) {
                faults.add(new Fault(
                        READY, condition.status().name(), condition.reason() + ": " + condition.message(), false));
            }
        }
        if (tenant.getStatus().isolation() == Isolation.Breached) {
            faults.add(new Fault("isolation", "Breached", "see its Incidents", true));
        }
        return faults;
    }

    private static void add(List<Fault> faults, @Nullable Fault fault) {
        if (fault != null) {
            faults.add(fault);
        }
    }

    /** Enforcement first: what is not in force cannot be proven either. */
    private static @Nullable Fault of(ControlStatus control, boolean provable) {
        Fault open = switch (control.enforcement()) {
            case Degraded, Unknown ->
                new Fault(
                        control.id(),
                        control.enforcement().name(),
                        control.reason() + ": " + Objects.requireNonNullElse(control.message(), ""),
                        false);
            case Enforced, NotEnforceable, NotApplicable -> null;
        };
        if (!provable) {
            return open;
        }
        return switch (control.proof()) {
            case Failed -> proof(control, true);
            case Inconclusive, Stale -> open == null ? proof(control, false) : open;
            case Proven, Never -> open;
        };
    }

    private static Fault proof(ControlStatus control, boolean grave) {
        return new Fault(
                control.id(),
                control.proof().name(),
                Objects.requireNonNullElse(control.proofMessage(), "no message"),
                grave);
    }
}
