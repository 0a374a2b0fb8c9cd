package dev.bulkhead.operator.tenant;

import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How applying a plan went, feature by feature; what the report is made of. */
public record Applied(Map<PartId, List<Outcome>> outcomes) {
    /** Makes the map immutable. */
    public Applied {
        Map<PartId, List<Outcome>> copy = new EnumMap<>(PartId.class);
        outcomes.forEach((feature, list) -> copy.put(feature, List.copyOf(list)));
        outcomes = Collections.unmodifiableMap(copy);
    }

    /** Whether the feature was reached and every part of it is as planned. */
    public boolean done(PartId feature) {
        List<Outcome> list = outcomes.get(feature);
        return list != null && list.stream().allMatch(Outcome::done);
    }

    /** Findings of one feature. */
    public List<Finding> findings(PartId feature) {
        return outcomes.getOrDefault(feature, List.of()).stream()
                .flatMap(o -> o.findings().stream())
                .toList();
    }

    /** Whether anything of the feature was tried: what was held back left nothing behind. */
    public boolean reached(PartId feature) {
        return outcomes.containsKey(feature);
    }

    /** What servers would not take of a feature that is done all the same. */
    public List<Finding> refused(PartId feature) {
        return outcomes.getOrDefault(feature, List.of()).stream()
                .flatMap(o -> o.refused().stream())
                .toList();
    }

    /** What waits for a person: something foreign is in the way. */
    public List<Finding> blocked() {
        return all(Outcome.Blocked.class);
    }

    /** What a retry may solve. */
    public List<Finding> waiting() {
        return all(Outcome.Waiting.class);
    }

    /** External writes that were made. */
    public int writes() {
        return outcomes.values().stream()
                .flatMap(List::stream)
                .mapToInt(o -> o instanceof Outcome.Done done ? done.writes() : 0)
                .sum();
    }

    private List<Finding> all(Class<? extends Outcome> kind) {
        return outcomes.values().stream()
                .flatMap(List::stream)
                .filter(kind::isInstance)
                .flatMap(o -> o.findings().stream())
                .toList();
    }
}
