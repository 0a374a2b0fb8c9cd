package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.guard.GuardAttempt;
import dev.bulkhead.operator.guard.GuardAttempt.GuardAnswer;
import dev.bulkhead.operator.guard.GuardManifest;
import dev.bulkhead.operator.guard.GuardManifest.Expectation;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes trials of what came of the guards' requests: each that must be refused, beside those of the same guard that must
 * pass. A guard that lets something through is a protection that is missing; nobody came through, for it was a dry run.
 * Pure.
 */
final class GuardTrials {
    /**
     * What each guard helps to keep. Guards 8 and 17 and one policy of guard 9 are not tried in rounds, see {@link
     * dev.bulkhead.operator.guard.GuardManifests#ofRounds}, but compared with the chart like all others.
     */
    private static final Map<String, Control> PROVES = Map.ofEntries(
            Map.entry("0", Control.TI_NET),
            Map.entry("1", Control.TI_NS),
            Map.entry("2", Control.TI_NS),
            Map.entry("3", Control.TI_POD),
            Map.entry("4", Control.TI_NET),
            Map.entry("5", Control.TI_POD),
            Map.entry("6", Control.TI_POD),
            Map.entry("7", Control.TI_RBAC),
            Map.entry("8", Control.TI_RBAC),
            Map.entry("9", Control.TI_RBAC),
            Map.entry("10", Control.TI_NET),
            Map.entry("11", Control.TI_POD),
            Map.entry("12", Control.TI_SEC),
            Map.entry("13", Control.TI_POD),
            Map.entry("14", Control.TI_NS),
            Map.entry("15", Control.TI_NET),
            Map.entry("16", Control.TI_POD),
            Map.entry("17", Control.TI_NET),
            Map.entry(GuardManifest.POD_SECURITY, Control.TI_POD));

    private static final int LONGEST_DETAIL = 200;

    private GuardTrials() {}

    /** Controls that guards help to keep. */
    static Set<Control> controls() {
        return new TreeSet<>(PROVES.values());
    }

    /** What a guard helps to keep. */
    static Control proves(String guard) {
        return Objects.requireNonNull(PROVES.get(guard), guard);
    }

    /**
     * One trial for each request that must be refused, in their order.
     *
     * @param actor as whom they were sent
     */
    static List<Trial> of(String actor, List<GuardAttempt> attempts) {
        return attempts.stream()
                .filter(attempt -> attempt.manifest().expectation() == Expectation.REFUSE)
                .map(attempt -> trial(actor, attempt, attempts))
                .toList();
    }

    /** One trial of each control, for when nothing could be tried. */
    static List<Trial> unclear(String actor, String reason) {
        Attempt nothing = Attempt.broken(actor, "the guards", reason);
        return controls().stream()
                .map(control ->
                        new Trial(control, "what guards refuse is let through", TrialKind.Weakness, nothing, nothing))
                .toList();
    }

    private static Trial trial(String actor, GuardAttempt attempt, List<GuardAttempt> all) {
        GuardManifest manifest = attempt.manifest();
        return new Trial(
                proves(manifest.guard()),
                name(manifest),
                TrialKind.Weakness,
                attack(actor, attempt),
                check(actor, manifest, all));
    }

    private static String name(GuardManifest manifest) {
        return manifest.name().replace('-', ' ')
                + (manifest.guard().equals(GuardManifest.POD_SECURITY)
                        ? " (Pod Security)"
                        : " (guard " + manifest.guard() + ")");
    }

    private static Attempt attack(String actor, GuardAttempt attempt) {
        String target = target(attempt.manifest());
        String detail = detail(attempt);
        return switch (attempt.verdict()) {
            case PASS -> Attempt.refused(actor, target, detail);
            case FAIL -> Attempt.succeeded(actor, target, detail);
            case UNKNOWN -> Attempt.broken(actor, target, detail);
        };
    }

    /** What its guard must let pass; of a guard that has nothing such, a pod as every tenant runs it. */
    private static Attempt check(String actor, GuardManifest manifest, List<GuardAttempt> all) {
        List<GuardAttempt> own = passes(all, manifest.policy());
        List<GuardAttempt> passes = own.isEmpty() ? passes(all, GuardManifest.POD_SECURITY_PLUGIN) : own;
        List<GuardAttempt> kept = passes.stream()
                .filter(attempt -> attempt.verdict() != GuardAttempt.GuardVerdict.PASS)
                .toList();
        if (passes.isEmpty()) {
            return Attempt.broken(actor, "the same guard", "nothing was tried that must pass");
        }
        return kept.isEmpty()
                ? Attempt.succeeded(actor, target(passes.getFirst().manifest()), passes.size() + " admitted")
                : Attempt.broken(
                        actor,
                        target(kept.getFirst().manifest()),
                        name(kept.getFirst().manifest()) + ": " + detail(kept.getFirst()));
    }

    private static List<GuardAttempt> passes(List<GuardAttempt> all, String policy) {
        return all.stream()
                .filter(attempt -> attempt.manifest().expectation() == Expectation.PASS)
                .filter(attempt -> attempt.manifest().policy().equals(policy))
                .toList();
    }

    private static String target(GuardManifest manifest) {
        return manifest.method() + " " + manifest.path().split("\\?", 2)[0];
    }

    private static String detail(GuardAttempt attempt) {
        String policy = attempt.manifest().policy();
        return switch (attempt.result()) {
            case GuardAnswer.Refused _ -> "refused by " + policy;
            case GuardAnswer.Warned _ -> policy + (attempt.manifest().onlyWarned() ? " warned" : " only warned");
            case GuardAnswer.Admitted _ -> policy + " let it through";
            case GuardAnswer.RefusedOtherwise(int code, String message) ->
                shortened("HTTP " + code + ", not by " + policy + ": " + message);
            case GuardAnswer.Inconclusive(String reason) -> shortened(reason);
        };
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_DETAIL ? text : text.substring(0, LONGEST_DETAIL - 1) + "…";
    }
}
