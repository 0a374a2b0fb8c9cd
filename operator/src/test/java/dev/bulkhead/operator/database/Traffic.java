package dev.bulkhead.operator.database;

import java.util.ArrayList;
import java.util.List;

/** Counts what goes over the wire, and can end the operator at any point of it. */
final class Traffic implements SqlTraffic {
    private final List<TrafficKind> sent = new ArrayList<>();
    private int crashAt = Integer.MAX_VALUE;
    private int points;
    private boolean paused;

    /** The operator ends here. */
    static final class OperatorDeath extends Error {
        private static final long serialVersionUID = 1;

        OperatorDeath() {
            super("the operator was killed");
        }
    }

    @Override
    public synchronized void sending(TrafficKind kind, String database, int statements) {
        point();
        sent.add(kind);
    }

    @Override
    public synchronized void answered(TrafficKind kind, String database) {
        point();
    }

    /** Ends the operator at the n-th point from now, counting the moment before and the moment after each exchange. */
    synchronized void crashAt(int point) {
        crashAt = point;
        points = 0;
    }

    /** Until resumed, nothing ends the operator. */
    synchronized void pause() {
        paused = true;
    }

    synchronized void resume() {
        paused = false;
    }

    synchronized void reset() {
        paused = false;
        sent.clear();
        crashAt(Integer.MAX_VALUE);
    }

    synchronized int total() {
        return sent.size();
    }

    synchronized long of(TrafficKind kind) {
        return sent.stream().filter(kind::equals).count();
    }

    private void point() {
        if (!paused && ++points == crashAt) {
            throw new OperatorDeath();
        }
    }
}
