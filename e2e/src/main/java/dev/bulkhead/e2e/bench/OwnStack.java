package dev.bulkhead.e2e.bench;

import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StateDirectory;

/**
 * A stack that is there for one measurement and goes with it, also when the JVM is ended meanwhile.
 *
 * @param stack not started yet
 * @param state where it keeps everything
 * @param keep whether it stays when the measurement succeeded
 */
record OwnStack(LocalStack stack, StateDirectory state, boolean keep, Progress progress) {
    /** What is done with it. */
    @FunctionalInterface
    interface Measurement<X extends Exception> {
        void run() throws X;
    }

    /** Measures, and removes it. */
    <X extends Exception> void during(Measurement<X> measurement) throws X {
        Thread cleaner = new Thread(stack::wipe, "remove-stack");
        Runtime.getRuntime().addShutdownHook(cleaner);
        boolean kept = false;
        try {
            measurement.run();
            kept = keep;
        } finally {
            Runtime.getRuntime().removeShutdownHook(cleaner);
            if (kept) {
                progress.say("the stack is left running; ./bulkhead down --wipe --state " + state.root() + " ends it");
            } else {
                stack.wipe();
            }
        }
    }
}
