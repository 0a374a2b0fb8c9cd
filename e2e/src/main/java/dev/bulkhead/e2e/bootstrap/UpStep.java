package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackException;
import java.util.List;

/**
 * One named part of {@code up}; repeatable, so that an {@code up} that was broken off is continued by the next.
 *
 * @param title what it brings about, e.g. {@code "CRDs, roles and guards"}
 * @param action returns when that is so
 */
public record UpStep(String title, Runnable action) {
    /** Runs all in order, telling which; a failure names its step and ends the run. */
    public static void runAll(List<UpStep> steps, Progress progress) {
        for (int i = 0; i < steps.size(); i++) {
            UpStep step = steps.get(i);
            progress.say("step " + (i + 1) + " of " + steps.size() + ": " + step.title());
            try {
                step.action().run();
            } catch (RuntimeException e) {
                throw new StackException(step.title() + ": " + e.getMessage(), e);
            }
        }
    }
}
