package dev.bulkhead.operator.boundary;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one container of a namespace may use.
 *
 * @param usual what a container that says nothing gets: an even part of the namespace's share, so that as many pods fit
 *     as the quota counts, within sensible bounds
 * @param most the namespace's whole share
 * @param least as good as nothing, but not 0: a limit of 0 means no limit, and would get past the quota
 */
@Pure
record ContainerLimits(Map<String, Quantity> usual, Map<String, Quantity> most, Map<String, Quantity> least) {
    private static final long USUAL_CPU_FROM = 10;
    private static final long USUAL_CPU_TO = 250;
    private static final long USUAL_MEMORY_FROM = 16 * Amounts.MEBIBYTE;
    private static final long USUAL_MEMORY_TO = 256 * Amounts.MEBIBYTE;
    private static final long LEAST_CPU = 1;
    private static final long LEAST_MEMORY = Amounts.MEBIBYTE;

    static ContainerLimits of(Share share) {
        long pods = Math.max(1, share.pods());
        long memoryOfAPod = share.memory() / pods / Amounts.MEBIBYTE * Amounts.MEBIBYTE;
        return new ContainerLimits(
                amounts(
                        Math.min(Math.clamp(share.cpu() / pods, USUAL_CPU_FROM, USUAL_CPU_TO), share.cpu()),
                        Math.min(Math.clamp(memoryOfAPod, USUAL_MEMORY_FROM, USUAL_MEMORY_TO), share.memory())),
                amounts(share.cpu(), share.memory()),
                amounts(Math.min(LEAST_CPU, share.cpu()), Math.min(LEAST_MEMORY, share.memory())));
    }

    private static Map<String, Quantity> amounts(long cpu, long memory) {
        Map<String, Quantity> amounts = new TreeMap<>();
        amounts.put("cpu", Amounts.ofMillicores(cpu));
        amounts.put("memory", Amounts.ofBytes(memory));
        return amounts;
    }
}
