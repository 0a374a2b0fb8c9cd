package dev.bulkhead.operator.outcome;

import java.util.List;

/** How one step of applying a plan ended. */
public sealed interface Outcome {
    /**
     * The step's part of the world is as planned.
     *
     * @param writes external writes this took; 0 when nothing had to change
     */
    record Done(int writes) implements Outcome {}

    /** Not yet: somebody else has to act first, or a retry will do. Retried with back-off. */
    record Waiting(Finding finding) implements Outcome {}

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

    /** The finding of a step that is not through. */
    default List<Finding> findings() {
        return switch (this) {
            case Done _ -> List.of();
            case Waiting waiting -> List.of(waiting.finding());
            case Blocked blocked -> List.of(blocked.finding());
        };
    }
}
