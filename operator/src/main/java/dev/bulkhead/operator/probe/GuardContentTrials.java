package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.guard.GuardContents.GuardComparison;
import dev.bulkhead.operator.guard.GuardContents.GuardDifference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether the guards say what the chart wrote. Requests show that a guard refuses those; a policy that somebody changed may let
 * others through, so it proves nothing any more, and it has failed when the next look finds it so, too: while a release is being
 * upgraded the two differ for a moment.
 */
public final class GuardContentTrials {
    private static final String ACTOR = "the prober";
    private static final String NAME = "a guard is other than the chart wrote it";

    /** As many as fit into what is said of a control. */
    private static final int NAMED = 3;

    private final Supplier<GuardComparison> guards;
    private Set<GuardDifference> before = Set.of();

    /**
     * Wired by hand.
     *
     * @param guards may throw what the client throws, and IllegalArgumentException when nothing can be compared
     */
    public GuardContentTrials(Supplier<GuardComparison> guards) {
        this.guards = guards;
    }

    /** One trial for each control that guards help to keep. */
    public synchronized List<Trial> trials() {
        GuardComparison now;
        try {
            now = guards.get();
        } catch (KubernetesClientException e) {
            return unclear(ApiAnswers.reason(e));
        } catch (IllegalArgumentException e) {
            return unclear(String.valueOf(e.getMessage()));
        }
        Set<GuardDifference> known = before;
        before = Set.copyOf(now.differences());
        Attempt check = Attempt.succeeded(ACTOR, "ConfigMap bulkhead-guards", now.compared() + " objects compared");
        return GuardTrials.controls().stream()
                .map(control -> trial(control, attack(of(control, now.differences()), known), check))
                .toList();
    }

    private static List<GuardDifference> of(Control control, List<GuardDifference> all) {
        return all.stream()
                .filter(d -> GuardTrials.proves(d.guard()) == control)
                .toList();
    }

    private static Attempt attack(List<GuardDifference> found, Set<GuardDifference> known) {
        if (found.isEmpty()) {
            return Attempt.refused(ACTOR, "the guards", "as written");
        }
        String target = found.stream().limit(NAMED).map(GuardDifference::object).collect(Collectors.joining(", "))
                + (found.size() > NAMED ? " and " + (found.size() - NAMED) + " more" : "");
        String detail = found.getFirst().what() + "; run helm upgrade, and look who may write admission policies";
        return found.stream().anyMatch(known::contains)
                ? Attempt.succeeded(ACTOR, target, detail)
                : Attempt.broken(ACTOR, target, detail);
    }

    private static List<Trial> unclear(String reason) {
        Attempt nothing = Attempt.broken(ACTOR, "the guards", reason);
        return GuardTrials.controls().stream()
                .map(control -> trial(control, nothing, nothing))
                .toList();
    }

    private static Trial trial(Control control, Attempt attack, Attempt check) {
        return new Trial(control, NAME, TrialKind.Weakness, attack, check);
    }
}
