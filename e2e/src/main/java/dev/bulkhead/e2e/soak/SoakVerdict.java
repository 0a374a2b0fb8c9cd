package dev.bulkhead.e2e.soak;

import dev.bulkhead.e2e.soak.Lapses.Lapse;
import dev.bulkhead.e2e.soak.ProcessWatch.ProcessFate;
import dev.bulkhead.e2e.soak.SoakResult.LapseLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is a failure and what is not. Pure.
 *
 * @param hostile the attacker, whose own controls may suffer from what it does
 * @param conditions how long a tenant may not be Ready, or a control not be in force
 * @param proof how long a proof may be inconclusive: what one round could not tell, the next one must
 */
record SoakVerdict(String hostile, Duration conditions, Duration proof) {
    private static final Set<String> OF_PROOF = Set.of("Inconclusive", "Stale");
    private static final int LONGEST = 300;

    /** Lapses that are failures. */
    List<String> failures(Collection<Lapse> lapses, Instant now) {
        return lapses.stream()
                .filter(lapse -> !lapse.tenant().equals(hostile))
                .filter(lapse -> lapse.fault().grave() || lapse.length(now).compareTo(limit(lapse)) > 0)
                .map(lapse -> text(lapse, now))
                .toList();
    }

    /** Lapses that are there at the end and too young to be failures. */
    List<String> undecided(Collection<Lapse> lapses, Instant now) {
        return lapses.stream()
                .filter(lapse -> !lapse.tenant().equals(hostile))
                .filter(lapse -> lapse.until() == null && !lapse.fault().grave())
                .filter(lapse -> lapse.length(now).compareTo(limit(lapse)) <= 0)
                .map(lapse -> "too young to be judged: " + text(lapse, now))
                .toList();
    }

    /** Processes that did not stay what they were. */
    static List<String> restarted(Collection<ProcessFate> processes) {
        return processes.stream()
                .filter(process -> process.instances() != 1)
                .map(process -> process.instances() == 0
                        ? process.name() + " was never seen"
                        : process.name() + " was started anew " + (process.instances() - 1) + " times")
                .toList();
    }

    /** Pods of others than the attacker that the node put out. */
    List<String> evicted(Map<String, Integer> byNamespace) {
        return byNamespace.entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith(hostile + "--"))
                .map(entry -> entry.getValue() + " pods of " + entry.getKey() + " were evicted")
                .toList();
    }

    private Duration limit(Lapse lapse) {
        return OF_PROOF.contains(lapse.fault().state()) ? proof : conditions;
    }

    private static String text(Lapse lapse, Instant now) {
        return lapse.tenant() + " " + lapse.fault().what() + " " + lapse.fault().state() + " for "
                + lapse.length(now).toSeconds() + " s: "
                + shortened(lapse.fault().message());
    }

    /** Lapses for people: one line for each tenant, control and state. */
    static List<LapseLine> lines(Collection<Lapse> lapses, Instant now) {
        Map<List<String>, LapseLine> lines = new LinkedHashMap<>();
        for (Lapse lapse : lapses) {
            lines.merge(
                    List.of(lapse.tenant(), lapse.fault().what(), lapse.fault().state()),
                    new LapseLine(
                            lapse.tenant(),
                            lapse.fault().what(),
                            lapse.fault().state(),
                            1,
                            lapse.length(now).toSeconds(),
                            lapse.until() == null,
                            shortened(lapse.fault().message())),
                    (one, other) -> new LapseLine(
                            one.tenant(),
                            one.what(),
                            one.state(),
                            one.times() + 1,
                            Math.max(one.seconds(), other.seconds()),
                            one.atEnd() || other.atEnd(),
                            other.message()));
        }
        return new ArrayList<>(lines.values());
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }
}
