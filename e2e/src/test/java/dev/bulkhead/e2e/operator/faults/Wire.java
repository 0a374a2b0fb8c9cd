package dev.bulkhead.e2e.operator.faults;

import dev.bulkhead.operator.calls.ExternalCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The wire between an operator and everything outside. Cut at a chosen write, nothing leaves any more: what another
 * process would see of one that was killed. Or it loses one answer, and the operator lives on without it.
 */
final class Wire implements ExternalCalls {
    /**
     * One write of a create, told apart from others of its kind by its place among them.
     *
     * @param occurrence from 1
     */
    record Write(Backend backend, String what, int occurrence) {
        @Override
        public String toString() {
            return backend + " " + what + " #" + occurrence;
        }
    }

    /** The wire is cut. */
    static final class Cut extends RuntimeException {
        private static final long serialVersionUID = 1;

        Cut() {
            super("cut by the test");
        }
    }

    private static final String FORBIDDEN = "403";

    private final List<Write> writes = new ArrayList<>();
    private final List<Write> refused = new ArrayList<>();
    private @Nullable Write last;
    private boolean first;
    private @Nullable Write unanswered;
    private boolean dead;

    /** Counts from here; nothing leaves after this write, or, without one, before the first. */
    synchronized void cutAfter(@Nullable Write write) {
        writes.clear();
        refused.clear();
        last = write;
        first = write == null;
        unanswered = null;
    }

    /** Counts from here; this write gets through, and its answer does not. */
    synchronized void loseAnswerTo(Write write) {
        record();
        unanswered = write;
    }

    /** Whether the answer that was to be lost has been. */
    synchronized boolean hasLostIt() {
        return unanswered == null;
    }

    /** Counts from here and lets everything through. */
    synchronized void record() {
        writes.clear();
        refused.clear();
        last = null;
        first = false;
        unanswered = null;
    }

    /**
     * The writes that every create makes: without the repeats of those that were refused because a new binding had not
     * reached the authorizer yet, which one create meets and another does not.
     */
    synchronized List<Write> steadyWrites() {
        return writes.stream()
                .filter(w ->
                        w.occurrence() <= times(writes, w.backend(), w.what()) - times(refused, w.backend(), w.what()))
                .toList();
    }

    private static int times(List<Write> of, Backend backend, String what) {
        return (int) of.stream()
                .filter(w -> w.backend() == backend && w.what().equals(what))
                .count();
    }

    /** The writes that have left since counting began, in the order in which they left. */
    synchronized List<Write> writes() {
        return List.copyOf(writes);
    }

    synchronized boolean isDead() {
        return dead;
    }

    @Override
    public synchronized void before(Backend backend, Verb verb, String what) {
        if (verb == Verb.write && first) {
            dead = true;
        }
        if (dead) {
            throw new Cut();
        }
        if (verb == Verb.write) {
            writes.add(new Write(backend, what, 1 + times(writes, backend, what)));
        }
    }

    @Override
    public synchronized void after(Backend backend, Verb verb, String what, String result) {
        if (verb == Verb.write && result.equals(FORBIDDEN)) {
            refused.add(new Write(backend, what, 1 + times(refused, backend, what)));
        }
        if (verb == Verb.write
                && last != null
                && last.backend() == backend
                && last.what().equals(what)) {
            dead |= writes.contains(last);
        }
        if (dead) {
            throw new Cut();
        }
        Write lost = unanswered;
        if (lost != null
                && verb == Verb.write
                && lost.backend() == backend
                && lost.what().equals(what)
                && writes.contains(lost)) {
            unanswered = null;
            Wire.<RuntimeException>lose(
                    backend == Backend.postgresql
                            ? new SQLException("the connection broke", "08006")
                            : new UncheckedIOException(new IOException("the connection broke")));
        }
    }

    /** As a driver would throw it, checked or not. */
    @SuppressWarnings("unchecked")
    private static <X extends Exception> void lose(Exception exception) throws X {
        throw (X) exception;
    }
}
