package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.outcome.Reason;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Splits a tenant's total over its namespaces. A namespace gets what it claims; what is left is shared evenly by the
 * namespaces that claim nothing, and the first of them get what does not divide. The shares never add up to more than
 * the total.
 */
public final class QuotaSplit {
    /** Shares of memory and storage are whole mebibytes where that is possible: people read them. */
    private static final long MEBIBYTE = 1 << 20;

    private static final String DEVICES = "devices[";

    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    private QuotaSplit() {}

    /**
     * What one namespace gets.
     *
     * @param cpu millicores
     * @param memory bytes
     * @param storage bytes
     * @param ephemeralStorage bytes
     * @param pods pods
     * @param devices how many of each
     */
    public record NamespaceShare(
            long cpu, long memory, long storage, long ephemeralStorage, int pods, Map<String, Long> devices) {
        /** Makes the map immutable. */
        public NamespaceShare {
            devices = Map.copyOf(devices);
        }
    }

    /** One part per namespace, in their order; empty when something about the amounts is wrong. */
    static List<NamespaceShare> split(
            TenantSpec.Quota total, List<TenantSpec.NamespaceRequest> namespaces, Findings findings) {
        List<Long> cpu = amounts("cpu", 1, total.cpu(), namespaces, TenantSpec.QuotaPart::cpu, findings);
        List<Long> memory =
                amounts("memory", MEBIBYTE, total.memory(), namespaces, TenantSpec.QuotaPart::memory, findings);
        List<Long> storage =
                amounts("storage", MEBIBYTE, total.storage(), namespaces, TenantSpec.QuotaPart::storage, findings);
        List<Long> ephemeralStorage = amounts(
                "ephemeralStorage",
                MEBIBYTE,
                total.ephemeralStorage(),
                namespaces,
                TenantSpec.QuotaPart::ephemeralStorage,
                findings);
        Map<String, List<Long>> devices = devices(total, namespaces, findings);
        List<Long> pods = amounts(
                "pods",
                1,
                String.valueOf(total.pods()),
                namespaces,
                p -> p.pods() == null ? null : String.valueOf(p.pods()),
                findings);
        if (Stream.of(List.of(cpu, memory, storage, ephemeralStorage, pods), devices.values())
                .flatMap(Collection::stream)
                .anyMatch(List::isEmpty)) {
            return List.of();
        }
        List<NamespaceShare> parts = new ArrayList<>();
        for (int i = 0; i < namespaces.size(); i++) {
            int place = i;
            Map<String, Long> ofDevices = new TreeMap<>();
            devices.forEach((device, shares) -> ofDevices.put(device, shares.get(place)));
            parts.add(new NamespaceShare(
                    cpu.get(i),
                    memory.get(i),
                    storage.get(i),
                    ephemeralStorage.get(i),
                    pods.get(i).intValue(),
                    ofDevices));
        }
        return parts;
    }

    private static Map<String, List<Long>> devices(
            TenantSpec.Quota total, List<TenantSpec.NamespaceRequest> namespaces, Findings findings) {
        Map<String, List<Long>> shares = new TreeMap<>();
        total.devices()
                .forEach((device, count) -> shares.put(
                        device,
                        amounts(
                                DEVICES + device + "]",
                                1,
                                String.valueOf(count),
                                namespaces,
                                part -> part.devices().containsKey(device)
                                        ? String.valueOf(part.devices().get(device))
                                        : null,
                                findings)));
        return shares;
    }

    private static List<Long> amounts(
            String resource,
            long grain,
            @Nullable String total,
            List<TenantSpec.NamespaceRequest> namespaces,
            Function<TenantSpec.QuotaPart, @Nullable String> claimed,
            Findings findings) {
        Long all = amount(resource, "spec.quota." + resource, total, findings);
        boolean readable = all != null;
        @Nullable Long[] claims = new Long[namespaces.size()];
        for (int i = 0; i < claims.length; i++) {
            TenantSpec.NamespaceRequest namespace = namespaces.get(i);
            String claim = namespace.quota() == null ? null : claimed.apply(namespace.quota());
            if (claim != null) {
                String subject = "spec.namespaces[" + namespace.name() + "].quota." + resource;
                claims[i] = amount(resource, subject, claim, findings);
                readable &= claims[i] != null;
            }
        }
        if (all == null || !readable) {
            return List.of();
        }
        BigDecimal sum = Arrays.stream(claims)
                .filter(Objects::nonNull)
                .map(BigDecimal::valueOf)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        if (sum.compareTo(BigDecimal.valueOf(all)) > 0) {
            findings.add(
                    Reason.InvalidSpec,
                    "spec.namespaces[].quota." + resource,
                    "the namespaces claim more than spec.quota." + resource + " (" + total
                            + "), the tenant's total; lower a claim or raise the total");
            return List.of();
        }
        List<Long> shares = shares(all - sum.longValueExact(), grain, claims);
        return forgotten(resource, namespaces, claims, shares, findings) ? List.of() : shares;
    }

    /** Volumes and devices are not everybody's. */
    private static boolean mayBeNothing(String resource) {
        return resource.equals("storage") || resource.startsWith(DEVICES);
    }

    /** A namespace that is left with nothing was forgotten, not meant. */
    private static boolean forgotten(
            String resource,
            List<TenantSpec.NamespaceRequest> namespaces,
            @Nullable Long[] claims,
            List<Long> shares,
            Findings findings) {
        boolean forgotten = false;
        for (int i = 0; i < claims.length; i++) {
            if (claims[i] == null && shares.get(i) == 0 && !mayBeNothing(resource)) {
                forgotten = true;
                findings.add(
                        Reason.InvalidSpec,
                        "spec.namespaces[" + namespaces.get(i).name() + "].quota." + resource,
                        "nothing of spec.quota." + resource + " is left for it, so no pod could run there; raise the"
                                + " total, or claim 0 if that is meant");
            }
        }
        return forgotten;
    }

    /** Package-private for its property test: the arithmetic alone. */
    static List<Long> shares(long left, long grain, @Nullable Long[] claims) {
        long takers = Arrays.stream(claims).filter(Objects::isNull).count();
        long unit = takers > 0 && left / takers >= grain ? grain : 1;
        long base = takers == 0 ? 0 : left / takers / unit * unit;
        long rest = left - base * takers;
        List<Long> shares = new ArrayList<>();
        for (Long claim : claims) {
            if (claim != null) {
                shares.add(claim);
                continue;
            }
            long more = rest >= unit ? unit : rest;
            rest -= more;
            shares.add(base + more);
        }
        return shares;
    }

    private static @Nullable Long amount(String resource, String subject, @Nullable String text, Findings findings) {
        BigDecimal amount = Quantities.parse(text);
        if (amount == null) {
            findings.add(
                    Reason.InvalidSpec,
                    subject,
                    Quoted.of(text) + " is no quantity; write it like 500m, 8 or 16Gi, never negative");
            return null;
        }
        boolean cpu = resource.equals("cpu");
        Long whole = Quantities.whole(cpu ? amount.multiply(THOUSAND) : amount);
        if (whole == null || (resource.equals("pods") && whole > Integer.MAX_VALUE)) {
            findings.add(
                    Reason.InvalidSpec,
                    subject,
                    Quoted.of(text) + " is too large or too fine; use whole " + (cpu ? "millicores" : "bytes"));
            return null;
        }
        if (whole == 0 && !mayBeNothing(resource) && subject.startsWith("spec.quota.")) {
            findings.add(Reason.InvalidSpec, subject, "must be more than zero; nothing could run");
            return null;
        }
        return whole;
    }
}
