package dev.bulkhead.operator;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs passes, so many at once. It is closed before the informers are: a pass that saw their emptied caches would take
 * every profile and server for gone, and say so in the status of a tenant that is well.
 */
final class Passes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Passes.class);

    private final ThreadPoolExecutor executor;
    private final Duration patience;

    /**
     * None runs yet.
     *
     * @param patience for passes under way when it is closed; then they are interrupted
     */
    Passes(int atOnce, ThreadFactory threads, Duration patience) {
        this.executor = new ThreadPoolExecutor(
                atOnce,
                atOnce,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                threads,
                // What comes after the end is for the next operator, which looks at everything when it starts.
                new ThreadPoolExecutor.DiscardPolicy());
        this.patience = patience;
    }

    /** What the passes are handed to. */
    ExecutorService executor() {
        return executor;
    }

    /** Begins no more pass, and waits for those under way. */
    @Override
    public void close() {
        executor.shutdown();
        executor.getQueue().clear();
        try {
            if (!executor.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atWarn()
                        .addKeyValue("passes", executor.getActiveCount())
                        .log("interrupted: they did not end in time");
                executor.shutdownNow();
                executor.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
