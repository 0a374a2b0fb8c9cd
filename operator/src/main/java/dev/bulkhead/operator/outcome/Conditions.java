package dev.bulkhead.operator.outcome;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Condition.Status;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds a list of conditions, sorted by type. A condition whose status did not change keeps its transition time, so an
 * unchanged tenant gives an unchanged list.
 */
public final class Conditions {
    private static final int LONGEST_MESSAGE = 2_000;

    private final Map<String, Condition> previous = new TreeMap<>();
    private final Map<String, Condition> next = new TreeMap<>();
    private final String now;
    private final @Nullable Long generation;

    /** Starts from the conditions that were there before. */
    public Conditions(List<Condition> before, Instant now, @Nullable Long generation) {
        before.forEach(c -> previous.put(c.type(), c));
        this.now = now.truncatedTo(ChronoUnit.SECONDS).toString();
        this.generation = generation;
    }

    /** Sets a condition. */
    public Conditions set(ConditionType type, Status status, Reason reason, String message) {
        Condition before = previous.get(type.name());
        String since = before != null && before.status() == status ? before.lastTransitionTime() : now;
        String text = message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) + " …" : message;
        next.put(type.name(), new Condition(type.name(), status, reason.name(), text, since, generation));
        return this;
    }

    /** The conditions, by type. */
    public List<Condition> list() {
        return List.copyOf(next.values());
    }
}
