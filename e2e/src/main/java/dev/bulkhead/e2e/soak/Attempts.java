package dev.bulkhead.e2e.soak;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How often each kind of unrest was made, and what became of it. Called from several threads. */
public final class Attempts {
    private final SortedMap<String, Attempt> attempts = new TreeMap<>();

    /**
     * One kind.
     *
     * @param worked times it went through
     * @param refused times it did not
     * @param refusal the last answer to one that did not; null when all went through
     */
    public record Attempt(int worked, int refused, @Nullable String refusal) {}

    void worked(String kind) {
        add(kind, new Attempt(1, 0, null));
    }

    void refused(String kind, @Nullable String answer) {
        add(kind, new Attempt(0, 1, shortened(answer)));
    }

    private synchronized void add(String kind, Attempt attempt) {
        attempts.merge(
                kind,
                attempt,
                (one, other) -> new Attempt(
                        one.worked() + other.worked(),
                        one.refused() + other.refused(),
                        other.refusal() == null ? one.refusal() : other.refusal()));
    }

    synchronized Map<String, Attempt> all() {
        return new TreeMap<>(attempts);
    }

    synchronized int total() {
        return attempts.values().stream()
                .mapToInt(attempt -> attempt.worked() + attempt.refused())
                .sum();
    }

    private static String shortened(@Nullable String answer) {
        String line = String.valueOf(answer).replaceAll("\\s+", " ");
        return line.length() <= 160 ? line : line.substring(0, 159) + "…";
    }
}
