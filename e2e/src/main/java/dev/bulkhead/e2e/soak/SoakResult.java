package dev.bulkhead.e2e.soak;

import dev.bulkhead.e2e.bench.Latencies;
import dev.bulkhead.e2e.bench.Machine;
import dev.bulkhead.e2e.soak.Attempts.Attempt;
import dev.bulkhead.e2e.soak.ProcessWatch.ProcessFate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a soak saw; the JSON for machines is this record.
 *
 * @param date when it began, RFC 3339
 * @param machine what it ran on
 * @param loadAtEnd runnable processes of the last minute
 * @param minutes how long
 * @param node whether pods ran
 * @param tenants how many were watched, the soak's own among them
 * @param applies requests of the pipeline that changed nothing
 * @param changes specs that it changed
 * @param observed from the request that changed a spec to the status of it; null when there was none
 * @param unobserved changes that no status had seen at the end
 * @param statusWrites writes of status and metadata of tenants whose spec nobody changed
 * @param rewritten policies and bindings of those tenants that are not as they were written before the soak
 * @param evicted pods that the node put out, by namespace
 * @param attempts unrest by kind
 * @param processes operator, prober and keeper of the guards
 * @param warnings lines of their logs, and how often
 * @param lapses what was not as it should be for a while
 * @param incidents made meanwhile
 * @param notes what was left out, and what was too young to be judged
 * @param failures why the soak failed; none when it did not
 */
public record SoakResult(
        String date,
        Machine machine,
        double loadAtEnd,
        int minutes,
        boolean node,
        int tenants,
        int applies,
        int changes,
        @Nullable Latencies observed,
        int unobserved,
        int statusWrites,
        int rewritten,
        SortedMap<String, Integer> evicted,
        Map<String, Attempt> attempts,
        List<ProcessFate> processes,
        SortedMap<String, Integer> warnings,
        List<LapseLine> lapses,
        List<String> incidents,
        List<String> notes,
        List<String> failures) {
    /**
     * A lapse as it is printed.
     *
     * @param times how often it came
     * @param seconds the longest
     * @param atEnd whether it is still there
     * @param message of the last one
     */
    public record LapseLine(
            String tenant, String what, String state, int times, long seconds, boolean atEnd, String message) {}
}
