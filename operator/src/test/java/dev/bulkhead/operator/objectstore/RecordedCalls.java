package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import java.util.ArrayList;
import java.util.List;

/** Keeps what was asked of the store, and lets the operator die at the n-th request: nothing leaves after that. */
final class RecordedCalls implements ExternalCalls {
    /** What stands for the death of the operator: nothing catches it. */
    static final class OperatorEnd extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final List<String> reads = new ArrayList<>();
    private final List<String> writes = new ArrayList<>();
    private final List<Integer> placesOfWrites = new ArrayList<>();
    private int begun;
    private int ended;
    private boolean dead;
    private int dieBefore = Integer.MAX_VALUE;
    private int dieAfter = Integer.MAX_VALUE;

    @Override
    public synchronized void before(Backend backend, Verb verb, String what) {
        if (dead || ++begun == dieBefore) {
            dead = true;
            throw new OperatorEnd();
        }
        (verb == Verb.read ? reads : writes).add(what);
        if (verb == Verb.write) {
            placesOfWrites.add(begun);
        }
    }

    @Override
    public synchronized void after(Backend backend, Verb verb, String what, String result) {
        if (dead || ++ended == dieAfter) {
            dead = true;
            throw new OperatorEnd();
        }
    }

    synchronized List<String> reads() {
        return List.copyOf(reads);
    }

    synchronized List<String> writes() {
        return List.copyOf(writes);
    }

    /** Which of the requests, counted from 1, were writes. */
    synchronized List<Integer> placesOfWrites() {
        return List.copyOf(placesOfWrites);
    }

    synchronized int requests() {
        return reads.size() + writes.size();
    }

    synchronized void clear() {
        reads.clear();
        writes.clear();
        placesOfWrites.clear();
        dead = false;
        begun = 0;
        ended = 0;
        dieBefore = Integer.MAX_VALUE;
        dieAfter = Integer.MAX_VALUE;
    }

    /** The n-th request from now, counted from 1, does not leave. */
    synchronized void dieBefore(int n) {
        clear();
        dieBefore = n;
    }

    /** The n-th request from now, counted from 1, is answered, and the answer never seen. */
    synchronized void dieAfter(int n) {
        clear();
        dieAfter = n;
    }
}
