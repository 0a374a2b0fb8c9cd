package dev.bulkhead.operator;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs passes, so many at once. None begins before every controller's caches are filled, for controllers look into each
 * other's; and it is closed before the informers are. A pass that saw caches half filled or emptied would take
 * namespaces, profiles and servers for gone, and say so in the status of what is well.
 */
final class ReconcilePool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcilePool.class);

    private final CountDownLatch opened = new CountDownLatch(1);
    private final ThreadPoolExecutor executor;
    private final Duration patience;

    /**
     * None runs before it is opened.
     *
     * @param patience for passes under way when it is closed; then they are interrupted
     */
    ReconcilePool(int atOnce, ThreadFactory threads, Duration patience) {
        this.executor =
                new ThreadPoolExecutor(
                        atOnce,
                        atOnce,
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        threads,
                        // What comes after the end is for the next operator, which looks at everything when it starts.
                        new ThreadPoolExecutor.DiscardPolicy()) {
                    @Override
                    public void execute(Runnable pass) {
                        super.execute(() -> begin(pass));
                    }
                };
        this.patience = patience;
    }

    /** What the passes are handed to. */
    ExecutorService executor() {
        return executor;
    }

    /** Begins the passes that were handed over, and every one from now on. */
    void open() {
        opened.countDown();
    }

    private void begin(Runnable pass) {
        try {
            opened.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (!executor.isShutdown()) {
            pass.run();
        }
    }

    /** Begins no more pass, and waits for those under way. */
    @Override
    public void close() {
        executor.shutdown();
        executor.getQueue().clear();
        opened.countDown(); // lets go of those that have waited for it; they find it closed
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
