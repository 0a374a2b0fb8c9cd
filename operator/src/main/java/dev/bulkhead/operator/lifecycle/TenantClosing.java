package dev.bulkhead.operator.lifecycle;

import dev.bulkhead.api.v1beta1.TombstoneStatus.Debt;
import dev.bulkhead.operator.compartment.Compartment;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.part.Tools;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Closes a tenant: workloads stop, people lose access, logins and keys are shut. Data, policies and namespaces stay.
 * Needs neither the Tenant's profile nor a healthy backend; what cannot be closed now is a debt.
 */
public final class TenantClosing {
    private final Compartment compartment;
    private final Tools tools;

    /** Wired by hand. */
    public TenantClosing(Compartment compartment, Tools tools) {
        this.compartment = compartment;
        this.tools = tools;
    }

    /**
     * How far closing a tenant came.
     *
     * @param debts one for each part that could not be closed yet, by name
     * @param early whether something was not looked at since this process began: soon more will be known
     */
    public record Closed(List<Debt> debts, boolean early) {
        /** Makes the list immutable. */
        public Closed {
            debts = List.copyOf(debts);
        }
    }

    /** Closes what can be closed now. */
    public Closed close(TenantIdentity identity, Placement placement) {
        Applied applied = compartment.close(identity, placement, tools);
        List<Debt> debts = new ArrayList<>();
        applied.outcomes()
                .keySet()
                .forEach(part -> applied.findings(part).stream()
                        .findFirst()
                        .map(Finding::text)
                        .ifPresent(message -> debts.add(new Debt(part.name(), message))));
        debts.sort(Comparator.comparing(Debt::name));
        return new Closed(debts, applied.early());
    }
}
