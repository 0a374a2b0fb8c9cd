package dev.bulkhead.operator.outcome;

import java.util.List;

/** How one step of applying a plan ended. */
public sealed interface Outcome {
    /**
     * The step's part of the world is as planned.
     *
     * @param writes external writes this took; 0 when nothing had to change
     * @param refused hardening that the server would not take or changed, although nothing else depends on it: the step
     *     is through without it, and nobody may call it enforced
     */
    record Done(int writes, List<Finding> refused) implements Outcome {
        /** Makes the list immutable. */
        public Done {
            refused = List.copyOf(refused);
        }

        /** As planned in every respect. */
        public Done(int writes) {
            this(writes, List.of());
        }
    }

    /**
     * Not yet: somebody else has to act first, or a retry will do. Retried with back-off.
     *
     * @param early whether nobody has looked at the server yet since this process began: what was known before counts
     */
    record Waiting(Finding finding, boolean early) implements Outcome {
        /** What was looked at. */
        public Waiting(Finding finding) {
            this(finding, false);
        }
    }

    /** Not without a change by a person: something foreign is in the way. Looked at again with every sweep. */
    record Blocked(Finding finding) implements Outcome {}

    /** Nothing had to be written. */
    static Outcome unchanged() {
        return new Done(0);
    }

    /** Whether the step is through. */
    default boolean done() {
        return this instanceof Done;
    }

    /** What the server would not take of a step that is through all the same. */
    default List<Finding> refused() {
        return List.of();
    }

    /** The finding of a step that is not through. */
    default List<Finding> findings() {
        return switch (this) {
            case Done _ -> List.of();
            case Waiting waiting -> List.of(waiting.finding());
            case Blocked blocked -> List.of(blocked.finding());
        };
    }
}
