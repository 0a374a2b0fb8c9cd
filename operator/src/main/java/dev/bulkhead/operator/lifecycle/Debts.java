package dev.bulkhead.operator.lifecycle;

import dev.bulkhead.api.v1beta1.TombstoneStatus.Debt;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What closing a tenant still owes: one debt for each part that could not be closed yet. */
public final class Debts {
    /** Deployments of the tenant. */
    public static final String WORKLOADS = "workloads";

    /** Bindings of the tenant's people. */
    public static final String ACCESS = "access";

    /** Logins of the tenant. */
    public static final String DATABASE = "database";

    /** Keys of the tenant. */
    public static final String OBJECT_STORE = "objectStore";

    private Debts() {}

    /** The parts that are not done, by name. */
    public static List<Debt> of(Map<String, List<Outcome>> parts) {
        Map<String, Debt> debts = new TreeMap<>();
        parts.forEach((name, outcomes) -> outcomes.stream()
                .flatMap(o -> o.findings().stream())
                .findFirst()
                .map(Finding::text)
                .ifPresent(message -> debts.put(name, new Debt(name, message))));
        return List.copyOf(debts.values());
    }
}
