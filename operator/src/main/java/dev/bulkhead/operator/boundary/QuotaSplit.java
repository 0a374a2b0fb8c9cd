package dev.bulkhead.operator.boundary;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.TenantSpec.NamespaceRequest;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a tenant's total over its namespaces: what a namespace claims it gets; what is left is shared evenly by those
 * that claim nothing, and what does not divide goes to the first of them. The shares never add up to more than the
 * total.
 */
public final class QuotaSplit {
    private QuotaSplit() {}

    /** What splitting led to. */
    public sealed interface Result {
        /** One share per namespace, in the order of the spec. */
        record Split(List<Share> shares) implements Result {
            /** Makes the list immutable. */
            public Split {
                shares = List.copyOf(shares);
            }
        }

        /** The total cannot be split; the spec has to change. */
        record Refused(List<Finding> findings) implements Result {
            /** Makes the list immutable. */
            public Refused {
                findings = List.copyOf(findings);
            }
        }
    }

    /**
     * Splits {@code spec.quota}.
     *
     * @param spec the names of its namespaces are known to be usable
     * @param tenant name of the Tenant
     */
    public static Result split(TenantSpec spec, String tenant) {
        List<Finding> findings = new ArrayList<>();
        List<Long> cpu = SplitResource.CPU.split(spec, findings);
        List<Long> memory = SplitResource.MEMORY.split(spec, findings);
        List<Long> storage = SplitResource.STORAGE.split(spec, findings);
        List<Long> pods = SplitResource.PODS.split(spec, findings);
        if (!findings.isEmpty()) {
            return new Result.Refused(findings);
        }
        List<Share> shares = new ArrayList<>();
        for (NamespaceRequest namespace : spec.namespaces()) {
            int i = shares.size();
            shares.add(new Share(
                    new TenantNamespace(tenant, namespace.name()),
                    cpu.get(i),
                    memory.get(i),
                    storage.get(i),
                    Math.toIntExact(pods.get(i))));
        }
        return new Result.Split(shares);
    }
}
