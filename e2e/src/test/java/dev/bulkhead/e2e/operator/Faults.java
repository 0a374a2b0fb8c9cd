package dev.bulkhead.e2e.operator;

import dev.bulkhead.operator.calls.ExternalCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Sees every request of an operator, and can cut its wire: from a chosen write on nothing leaves any more, which is what
 * killing the process looks like from outside.
 */
public final class Faults implements ExternalCalls {
    /** One request, as it left. */
    public record Call(Backend backend, Verb verb, String what) {}

    /** The wire is cut; the operator is as good as dead. */
    public static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Killed() {
            super("killed by the test");
        }
    }

    private final List<Call> calls = new ArrayList<>();
    private long writesLeft = Long.MAX_VALUE;
    private boolean dead;
    private Predicate<Call> refused = _ -> false;

    /** After this many more writes have left, nothing leaves any more. */
    public synchronized void killAfterWrites(long writes) {
        writesLeft = writes;
    }

    /** Requests of this kind do not leave; everything else does. */
    public synchronized void refuse(Predicate<Call> which) {
        refused = which;
    }

    /** Whether the wire was cut. */
    public synchronized boolean isDead() {
        return dead;
    }

    /** The writes that have left, in order. */
    public synchronized List<Call> writes() {
        return calls.stream().filter(c -> c.verb() == Verb.write).toList();
    }

    /** Forgets what was seen. */
    public synchronized void forget() {
        calls.clear();
    }

    @Override
    public synchronized void before(Backend backend, Verb verb, String what) {
        Call call = new Call(backend, verb, what);
        if (dead || refused.test(call)) {
            throw new Killed();
        }
        if (verb == Verb.write && writesLeft-- <= 0) {
            dead = true;
            throw new Killed();
        }
        calls.add(call);
    }

    @Override
    public void after(Backend backend, Verb verb, String what, String result) {}
}
