package dev.bulkhead.operator.probe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What many tenants of a round need once: read again when it is older than a limit. A reading that fails is not kept.
 * Safe for several threads; one reads while the others wait.
 */
public final class ExpiringCache<T> implements Source<T> {
    private final Source<T> source;
    private final Function<T, Duration> keep;
    private final Clock clock;
    private @Nullable Reading<T> last;
    private Instant oldest = Instant.MIN;

    /**
     * Reads from the source.
     *
     * @param keep how old a reading may be; zero reads every time
     */
    public ExpiringCache(Source<T> source, Duration keep, Clock clock) {
        this(source, _ -> keep, clock);
    }

    /**
     * Reads from the source.
     *
     * @param keep how old that reading may be
     */
    public ExpiringCache(Source<T> source, Function<T, Duration> keep, Clock clock) {
        this.source = source;
        this.keep = keep;
        this.clock = clock;
    }

    private record Reading<T>(T value, Instant at) {}

    @Override
    public synchronized T read() throws InterruptedException {
        Instant now = clock.instant();
        Reading<T> reading = last;
        if (reading == null
                || reading.at().isBefore(oldest)
                || !now.isBefore(reading.at().plus(keep.apply(reading.value())))) {
            reading = new Reading<>(source.read(), now);
            last = reading;
        }
        return reading.value();
    }

    @Override
    public synchronized Instant readAt(Instant now) {
        Reading<T> reading = last;
        return reading == null ? now : reading.at();
    }

    @Override
    public synchronized void notBefore(Instant moment) {
        oldest = moment.isAfter(oldest) ? moment : oldest;
    }
}
