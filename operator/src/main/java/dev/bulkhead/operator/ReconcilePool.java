package dev.bulkhead.operator;

import dev.bulkhead.operator.health.Heartbeat;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    /** Many steps, each with a limit, against servers that let it wait. */
    private static final Duration LONGEST_PASS = Duration.ofMinutes(30);

    private final CountDownLatch opened = new CountDownLatch(1);
    private final ThreadPoolExecutor executor;
    private final Duration patience;
    private final Set<Heartbeat> running = ConcurrentHashMap.newKeySet();

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
            Heartbeat beat = new Heartbeat("a pass", LONGEST_PASS);
            running.add(beat);
            try {
                pass.run();
            } finally {
                running.remove(beat);
            }
        }
    }

    /** Whether every pass that began ends some time: all it asks has limits of its own. */
    boolean alive() {
        return running.stream().allMatch(Heartbeat::alive);
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
