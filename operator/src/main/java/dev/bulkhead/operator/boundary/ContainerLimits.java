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
 * @param asked what such a container asks its node for: the same, but for disk, of which few containers use much
 * @param most the namespace's whole share
 * @param least as good as nothing, but not 0: a limit of 0 means no limit, and would get past the quota
 */
@Pure
record ContainerLimits(
        Map<String, Quantity> usual,
        Map<String, Quantity> asked,
        Map<String, Quantity> most,
        Map<String, Quantity> least) {
    private static final long USUAL_CPU_FROM = 10;
    private static final long USUAL_CPU_TO = 250;
    private static final long USUAL_MEMORY_FROM = 16 * Amounts.MEBIBYTE;
    private static final long USUAL_MEMORY_TO = 256 * Amounts.MEBIBYTE;
    private static final long USUAL_DISK_FROM = 64 * Amounts.MEBIBYTE;
    private static final long USUAL_DISK_TO = 2048 * Amounts.MEBIBYTE;
    private static final long LEAST_CPU = 1;
    private static final long LEAST_MEMORY = Amounts.MEBIBYTE;
    private static final long LEAST_DISK = Amounts.MEBIBYTE;

    static ContainerLimits of(Share share) {
        long pods = Math.max(1, share.pods());
        long memoryOfAPod = share.memory() / pods / Amounts.MEBIBYTE * Amounts.MEBIBYTE;
        long diskOfAPod = share.ephemeralStorage() / pods / Amounts.MEBIBYTE * Amounts.MEBIBYTE;
        long cpu = Math.min(Math.clamp(share.cpu() / pods, USUAL_CPU_FROM, USUAL_CPU_TO), share.cpu());
        long memory = Math.min(Math.clamp(memoryOfAPod, USUAL_MEMORY_FROM, USUAL_MEMORY_TO), share.memory());
        long disk = share.ephemeralStorage();
        return new ContainerLimits(
                amounts(cpu, memory, Math.min(Math.clamp(diskOfAPod, USUAL_DISK_FROM, USUAL_DISK_TO), disk)),
                amounts(cpu, memory, Math.min(USUAL_DISK_FROM, disk)),
                amounts(share.cpu(), share.memory(), share.ephemeralStorage()),
                amounts(
                        Math.min(LEAST_CPU, share.cpu()),
                        Math.min(LEAST_MEMORY, share.memory()),
                        Math.min(LEAST_DISK, share.ephemeralStorage())));
    }

    private static Map<String, Quantity> amounts(long cpu, long memory, long disk) {
        Map<String, Quantity> amounts = new TreeMap<>();
        amounts.put("cpu", Amounts.ofMillicores(cpu));
        amounts.put("memory", Amounts.ofBytes(memory));
        amounts.put("ephemeral-storage", Amounts.ofBytes(disk));
        return amounts;
    }
}
