package dev.bulkhead.e2e.bench;

import dev.bulkhead.e2e.stack.LocalStack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Reads every half second how many tenants are Ready, and the processor time of one process of the stack. */
final class GrowthSampler implements AutoCloseable {
    private static final long EVERY_MILLIS = 500;

    private final LocalStack stack;
    private final String process;
    private final IntSupplier ready;
    private final List<Growth.ReadySample> readings = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());

    /**
     * Begins at once.
     *
     * @param process its name in the stack
     * @param ready how many tenants are Ready
     */
    GrowthSampler(LocalStack stack, String process, IntSupplier ready) {
        this.stack = stack;
        this.process = process;
        this.ready = ready;
        read();
        var _ = clock.scheduleAtFixedRate(this::read, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** What was seen so far; null when that is too little. */
    @Nullable
    Growth seen() {
        read();
        synchronized (readings) {
            return Growth.of(readings);
        }
    }

    private void read() {
        int now = ready.getAsInt();
        Duration time = Usage.ClockReading.now(stack).processes().getOrDefault(process, Duration.ZERO);
        synchronized (readings) {
            readings.add(new Growth.ReadySample(now, time.toMillis()));
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
