package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.outcome.Reason;
import java.util.List;

/** Namespaces that receive a Secret: each has to be one of the tenant's own. */
final class Deliveries {
    private Deliveries() {}

    static void check(
            String subject, List<String> deliverTo, List<TenantSpec.NamespaceRequest> namespaces, Findings findings) {
        findings.distinct(subject, deliverTo);
        for (String name : deliverTo) {
            if (namespaces.stream().noneMatch(n -> name.equals(n.name()))) {
                findings.add(
                        Reason.InvalidSpec,
                        subject,
                        Quoted.of(name) + " is none of spec.namespaces; add it there or name another");
            }
        }
    }

    /** Those of {@code held} that are still asked for. */
    static List<String> still(List<String> held, List<String> asked) {
        return held.stream().filter(asked::contains).toList();
    }
}
