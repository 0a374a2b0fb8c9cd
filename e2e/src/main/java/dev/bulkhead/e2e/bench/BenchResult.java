package dev.bulkhead.e2e.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run found; the JSON for machines is this record.
 *
 * @param date when it began, RFC 3339
 * @param machine what it was measured on
 * @param tenants how many were applied at once
 * @param atOnce how many tenants operator and replay work on at once
 * @param operator the operator's figures
 * @param oneByOne the time to Ready of tenants applied one after another while nothing else is to do; null when none were
 * @param changes what else is done to tenants; empty when there are too few of them
 * @param replay the bare replay's figures
 * @param ratio operator's time to all Ready, divided by the replay's time for the same number of tenants
 * @param processorRatio the same of the processor time of all processes, servers included: it holds on a busy machine too
 */
record BenchResult(
        String date,
        Machine machine,
        int tenants,
        int atOnce,
        OperatorFigures operator,
        @Nullable Latencies oneByOne,
        List<ChangeFigures> changes,
        ReplayFigures replay,
        double ratio,
        double processorRatio) {
    /**
     * The operator's figures.
     *
     * @param allReadyMillis from the first request of the first apply to the last tenant Ready
     * @param ready from each tenant's apply to Ready
     * @param calls requests until nothing was left to do
     * @param idleMinute requests of a minute in which nobody wanted anything, after the first sweep that saw the tenants
     * @param usage of the processors until all were Ready
     * @param memory at the end of the idle minute
     * @param postgres processor time of PostgreSQL for each tenant, few there and many; null when it cannot be told
     */
    record OperatorFigures(
            long allReadyMillis,
            Latencies ready,
            CallCounts calls,
            CallCounts idleMinute,
            Usage usage,
            ProcessFigures.Memory memory,
            @Nullable Growth postgres) {}

    /**
     * The same change of many tenants at once.
     *
     * @param change in words
     * @param tenants how many were changed
     * @param allMillis until the status of the last one says that it is done
     * @param postgresMillis processor time of PostgreSQL for each, whatever else it did meanwhile included
     */
    record ChangeFigures(String change, int tenants, long allMillis, double postgresMillis) {}

    /**
     * The replay's figures.
     *
     * @param allMillis from the first request to the last answer
     * @param calls its requests, counted as the operator counts its own
     * @param usage of the processors
     */
    record ReplayFigures(long allMillis, CallCounts calls, Usage usage) {}
}
