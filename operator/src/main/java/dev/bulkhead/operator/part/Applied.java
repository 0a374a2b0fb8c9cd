package dev.bulkhead.operator.part;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How applying a plan went, part by part; what the report is made of. */
@Pure
public record Applied(Map<PartId, List<Outcome>> outcomes) {
    /** Before anything was tried. */
    public static final Applied NOTHING = new Applied(Map.of());

    /** Makes the map immutable. */
    public Applied {
        Map<PartId, List<Outcome>> copy = new EnumMap<>(PartId.class);
        outcomes.forEach((part, list) -> copy.put(part, List.copyOf(list)));
        outcomes = PartId.copyOf(copy);
    }

    /** What came of one part. */
    public Made of(PartId part) {
        List<Outcome> list = outcomes.get(part);
        return new Made(list != null, list == null ? List.of() : list);
    }

    /** The same with what came of one part more. */
    public Applied and(PartId part, List<Outcome> more) {
        Map<PartId, List<Outcome>> all = new EnumMap<>(PartId.class);
        all.putAll(outcomes);
        List<Outcome> joined = new ArrayList<>(all.getOrDefault(part, List.of()));
        joined.addAll(more);
        all.put(part, joined);
        return new Applied(all);
    }

    /** The same, of one part nothing but this. */
    public Applied with(PartId part, List<Outcome> instead) {
        Map<PartId, List<Outcome>> all = new EnumMap<>(PartId.class);
        all.putAll(outcomes);
        all.put(part, instead);
        return new Applied(all);
    }

    /** The parts alone that are not through. */
    public Applied onlyUndone() {
        Map<PartId, List<Outcome>> undone = new EnumMap<>(PartId.class);
        outcomes.forEach((part, list) -> {
            if (!done(part)) {
                undone.put(part, list);
            }
        });
        return new Applied(undone);
    }

    /** Whether the part was reached and every step of it is as planned. */
    public boolean done(PartId part) {
        return of(part).done();
    }

    /** Whether each step of all that was tried is as planned. */
    public boolean allDone() {
        return outcomes.values().stream().flatMap(List::stream).allMatch(Outcome::done);
    }

    /** Whether something was changed on its way in, which is written again soon. */
    public boolean changedByAdmission() {
        return outcomes.values().stream()
                .flatMap(List::stream)
                .flatMap(o -> o.refused().stream())
                .anyMatch(f -> f.reason() == Reason.ChangedByAdmission);
    }

    /** Findings of one part. */
    public List<Finding> findings(PartId part) {
        return of(part).findings();
    }

    /** What waits for a person: something foreign is in the way. */
    public List<Finding> blocked() {
        return all(Outcome.Blocked.class);
    }

    /** What a retry may solve. */
    public List<Finding> waiting() {
        return all(Outcome.Waiting.class);
    }

    /** Whether something was not looked at since this process began: then nobody knows more than before. */
    public boolean early() {
        return outcomes.values().stream()
                .flatMap(List::stream)
                .anyMatch(o -> o instanceof Outcome.Waiting w && w.early());
    }

    private List<Finding> all(Class<? extends Outcome> kind) {
        return outcomes.values().stream()
                .flatMap(List::stream)
                .filter(kind::isInstance)
                .flatMap(o -> o.findings().stream())
                .toList();
    }
}
