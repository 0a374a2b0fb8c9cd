package dev.bulkhead.operator.boundary;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.TenantSpec.NamespaceRequest;
import dev.bulkhead.api.v1beta1.TenantSpec.Quota;
import dev.bulkhead.api.v1beta1.TenantSpec.QuotaPart;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One resource of a quota, and how it is split.
 *
 * @param unit even shares are whole multiples of it, so that nobody has to read bytes
 * @param essential without it no pod runs: a namespace that is left with none of it was forgotten, not meant
 */
record SplitResource(
        String field,
        long unit,
        boolean essential,
        Function<Quota, Object> total,
        Function<QuotaPart, @Nullable Object> part,
        Function<String, OptionalLong> parse) {
    static final SplitResource CPU = new SplitResource("cpu", 1, true, Quota::cpu, QuotaPart::cpu, Amounts::millicores);
    static final SplitResource MEMORY =
            new SplitResource("memory", Amounts.MEBIBYTE, true, Quota::memory, QuotaPart::memory, Amounts::bytes);
    static final SplitResource STORAGE =
            new SplitResource("storage", Amounts.MEBIBYTE, false, Quota::storage, QuotaPart::storage, Amounts::bytes);
    static final SplitResource PODS = new SplitResource("pods", 1, true, Quota::pods, QuotaPart::pods, Amounts::bytes);

    /** One amount per namespace, in the order of the spec; meaningless when it added a finding. */
    List<Long> split(TenantSpec spec, List<Finding> findings) {
        List<@Nullable Long> claims = new ArrayList<>();
        BigInteger claimed = BigInteger.ZERO;
        for (NamespaceRequest namespace : spec.namespaces()) {
            Long claim = claim(namespace, findings);
            claims.add(claim);
            claimed = claimed.add(BigInteger.valueOf(claim == null ? 0 : claim));
        }
        long whole = amount("spec.quota." + field, total.apply(spec.quota()), findings);
        BigInteger left = BigInteger.valueOf(whole).subtract(claimed);
        if (left.signum() < 0) {
            findings.add(new Finding(
                    Reason.InvalidSpec,
                    "spec.namespaces[].quota." + field,
                    "the namespaces claim more than spec.quota." + field
                            + ", the tenant's total; raise the total or lower the claims"));
            return List.of();
        }
        List<Long> amounts = share(claims, left.longValueExact());
        if (essential && whole > 0) {
            findForgotten(spec, claims, amounts, findings);
        }
        return amounts;
    }

    private List<Long> share(List<@Nullable Long> claims, long left) {
        long sharers = claims.stream().filter(claim -> claim == null).count();
        long even = sharers == 0 ? 0 : left / sharers / unit * unit;
        long first = left - even * Math.max(0, sharers - 1);
        List<Long> amounts = new ArrayList<>();
        boolean firstIsServed = false;
        for (Long claim : claims) {
            if (claim != null) {
                amounts.add(claim);
            } else {
                amounts.add(firstIsServed ? even : first);
                firstIsServed = true;
            }
        }
        return amounts;
    }

    private void findForgotten(
            TenantSpec spec, List<@Nullable Long> claims, List<Long> amounts, List<Finding> findings) {
        for (int i = 0; i < amounts.size(); i++) {
            if (claims.get(i) == null && amounts.get(i) == 0) {
                String name = spec.namespaces().get(i).name();
                findings.add(new Finding(
                        Reason.InvalidSpec,
                        "spec.namespaces[" + name + "].quota." + field,
                        "nothing of spec.quota." + field + " is left for this namespace, so no pod could run in it;"
                                + " raise the total, or claim \"0\" here if that is meant"));
            }
        }
    }

    private @Nullable Long claim(NamespaceRequest namespace, List<Finding> findings) {
        QuotaPart quota = namespace.quota();
        Object amount = quota == null ? null : part.apply(quota);
        return amount == null
                ? null
                : amount("spec.namespaces[" + namespace.name() + "].quota." + field, amount, findings);
    }

    private long amount(String subject, Object amount, List<Finding> findings) {
        OptionalLong parsed = parse.apply(amount.toString());
        if (parsed.isEmpty()) {
            findings.add(new Finding(
                    Reason.InvalidSpec,
                    subject,
                    "not an amount that can be counted; write it like \"8\", 500m or 16Gi, below 8Ei"));
        }
        return parsed.orElse(0);
    }
}
