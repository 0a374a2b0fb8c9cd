package dev.bulkhead.operator.backend;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** How a pass of a tenant waits for the first look at its backend, which is a pass too. */
@FunctionalInterface
public interface LookWait {
    /**
     * Waits without keeping the look itself from its turn.
     *
     * @param look open once the look is over
     * @return whether it is over; false when the time is
     */
    boolean await(CountDownLatch look, Duration longest) throws InterruptedException;
}
