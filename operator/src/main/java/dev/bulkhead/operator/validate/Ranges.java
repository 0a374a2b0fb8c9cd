package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.ReachableAs;
import dev.bulkhead.operator.outcome.Reason;
import org.jspecify.annotations.Nullable;

/** Addresses a platform admin gives for a backend. Any address may be right, but it has to be one. */
final class Ranges {
    private Ranges() {}

    static void check(@Nullable ReachableAs reachableAs, String owner, Findings findings) {
        if (reachableAs == null || reachableAs.cidrs() == null) {
            return;
        }
        for (String text : reachableAs.cidrs()) {
            if (Cidr.parse(text) == null) {
                findings.add(
                        Reason.InvalidSpec,
                        owner + " spec.reachableAs.cidrs",
                        Quoted.of(text) + " is no address range; write it like 10.1.2.0/24 or 10.1.2.3/32");
            }
        }
    }
}
