package dev.bulkhead.e2e.stack;

/** Shutdown hooks that have nothing left to do. */
final class ShutdownHooks {
    private ShutdownHooks() {}

    /** Removes {@code hook}; when the JVM is ending already it runs, or has run. */
    static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The JVM is ending: the hook repeats what was done, which does no harm.
        }
    }
}
