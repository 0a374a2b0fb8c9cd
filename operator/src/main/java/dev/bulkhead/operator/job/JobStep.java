package dev.bulkhead.operator.job;

/**
 * One step of a job. It looks at the world to see whether it is done, does what there is to do, and may be killed after
 * any write: whoever takes the job up again begins with its first step, and what is done says so.
 */
public interface JobStep {
    /** What people call it; unique within the job. */
    String name();

    /**
     * Goes on with it. Called again, after a pause, until it is through; what it throws counts as trouble that passes.
     * May take long where there is work to do; to wait for somebody else it returns.
     */
    Advance advance();
}
