package dev.bulkhead.operator.database;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who writes next to a database: first come, first served. Whoever has waited as long as it can afford leaves and keeps its
 * place for a while: when it comes again, it is not behind those that came later. A place whose owner is away holds nobody up.
 */
final class WriterQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** By name, in the order of the queue. */
    private final Map<Object, QueuePlace> places = new LinkedHashMap<>();

    private final Duration kept;
    private final InstantSource clock;
    private boolean writing;

    /**
     * Nobody waits yet.
     *
     * @param kept how long the place of somebody who went away is kept
     */
    WriterQueue(Duration kept, InstantSource clock) {
        this.kept = kept;
        this.clock = clock;
    }

    /** A place in the queue. */
    private static final class QueuePlace {
        boolean here = true;
        Instant left = Instant.MAX;
    }

    /**
     * Waits for the turn; whoever got it ends it with {@link #leave}.
     *
     * @param name who waits; the same name comes back to its place
     * @param patience how long to wait now
     * @return how many come first; negative when it is the turn
     */
    int enter(Object name, Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean twice = isHere(name);
            Object key = twice ? new Object() : name;
            QueuePlace place = places.computeIfAbsent(key, _ -> new QueuePlace());
            place.here = true;
            tidy();
            long nanos = patience.toNanos();
            try {
                while (writing || !next().equals(place)) {
                    if (nanos <= 0) {
                        return before(place) + (writing ? 1 : 0);
                    }
                    nanos = changed.awaitNanos(nanos);
                }
                places.remove(key);
                writing = true;
                return -1;
            } finally {
                place.here = false;
                place.left = clock.instant();
                if (twice) {
                    places.remove(key);
                }
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the turn. */
    void leave() {
        lock.lock();
        try {
            writing = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many wait now. */
    int waiting() {
        lock.lock();
        try {
            return (int) places.values().stream().filter(place -> place.here).count();
        } finally {
            lock.unlock();
        }
    }

    private boolean isHere(Object name) {
        QueuePlace place = places.get(name);
        return place != null && place.here;
    }

    /** Those that did not come back in time lose their places. */
    private void tidy() {
        Instant oldest = clock.instant().minus(kept);
        places.values().removeIf(place -> !place.here && place.left.isBefore(oldest));
    }

    /** The first that is here. */
    private QueuePlace next() {
        return places.values().stream().filter(place -> place.here).findFirst().orElseThrow();
    }

    private int before(QueuePlace place) {
        int before = 0;
        for (QueuePlace other : places.values()) {
            if (other.equals(place)) {
                break;
            }
            before++;
        }
        return before;
    }
}
