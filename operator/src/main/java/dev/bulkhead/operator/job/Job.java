package dev.bulkhead.operator.job;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done, as steps.
 *
 * @param subject whose; of one subject one job runs at a time
 * @param lanes steps that come one after the other, beside other such rows: one that is stuck holds back its own only
 * @param longest how long it may take from when it was taken up; null when it is never given up
 */
public record Job(
        String subject, List<List<JobStep>> lanes, @Nullable Duration longest) {
    /** Makes the lists immutable. */
    public Job {
        lanes = lanes.stream().map(List::copyOf).toList();
    }
}
