package dev.bulkhead.operator.evidence;

import dev.bulkhead.operator.evidence.Trial.TrialResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the trials of one round say about one control.
 *
 * @param control the control
 * @param finding Proven, Failed, Inconclusive or Never; Stale is what time makes of it
 * @param breach whether a way out was open
 * @param attempts attacks tried
 * @param blocked attacks that were refused with a positive control that worked
 * @param message what was found, with the names of whom it concerns; at most {@value #MESSAGE_LIMIT} characters
 * @param observedAt when it was tried; where several probes prove a control, the oldest of them
 * @param validUntil from when on it says nothing any more
 */
public record ControlProof(
        Control control,
        RoundFinding finding,
        boolean breach,
        int attempts,
        int blocked,
        String message,
        Instant observedAt,
        Instant validUntil) {
    /** Longest message. */
    public static final int MESSAGE_LIMIT = 1000;

    private static final int NAMED = 5;

    /** What a round can find. */
    public enum RoundFinding {
        Proven,
        Failed,
        Inconclusive,
        Never
    }

    /**
     * Folds the trials of a round: one way that is open outweighs everything, one trial that says nothing outweighs all
     * that were blocked, and no trial at all proves nothing.
     *
     * @param controls that were to be proven, each with the time of its oldest trial; each gets a proof
     */
    public static List<ControlProof> of(Map<Control, Instant> controls, Collection<Trial> trials, Duration validity) {
        List<ControlProof> proofs = new ArrayList<>();
        new TreeMap<>(controls)
                .forEach((control, at) -> proofs.add(of(
                        control,
                        trials.stream().filter(t -> t.proves() == control).toList(),
                        at,
                        validity)));
        return List.copyOf(proofs);
    }

    /** The same where all trials were made at one time. */
    public static List<ControlProof> of(
            Set<Control> controls, Collection<Trial> trials, Instant observedAt, Duration validity) {
        return of(controls.stream().collect(Collectors.toMap(c -> c, _ -> observedAt)), trials, validity);
    }

    /** The same, which says nothing any more. */
    ControlProof lapsed(String reason) {
        return new ControlProof(
                control, RoundFinding.Inconclusive, breach, attempts, blocked, reason, observedAt, validUntil);
    }

    /** The same in the words of these trials, see {@link Discretion}. */
    public ControlProof told(List<Trial> trials) {
        List<Trial> own = trials.stream().filter(t -> t.proves() == control).toList();
        String told = switch (finding) {
            case Failed -> explain(with(own, TrialResult.Through));
            case Inconclusive -> explain(with(own, TrialResult.Unclear));
            case Proven, Never -> message;
        };
        return new ControlProof(control, finding, breach, attempts, blocked, told, observedAt, validUntil);
    }

    private static ControlProof of(Control control, List<Trial> trials, Instant observedAt, Duration validity) {
        List<Trial> through = with(trials, TrialResult.Through);
        List<Trial> unclear = with(trials, TrialResult.Unclear);
        int blocked = with(trials, TrialResult.Blocked).size();
        RoundFinding finding;
        String message;
        if (!through.isEmpty()) {
            finding = RoundFinding.Failed;
            message = explain(through);
        } else if (!unclear.isEmpty()) {
            finding = RoundFinding.Inconclusive;
            message = explain(unclear);
        } else if (blocked == 0) {
            finding = RoundFinding.Never;
            message = "nothing was tried";
        } else {
            finding = RoundFinding.Proven;
            message = blocked + " of " + blocked + " attempts refused, each with a positive control that worked";
        }
        return new ControlProof(
                control,
                finding,
                trials.stream().anyMatch(Trial::breach),
                trials.size(),
                blocked,
                message,
                observedAt,
                observedAt.plus(validity));
    }

    private static List<Trial> with(List<Trial> trials, TrialResult result) {
        return trials.stream().filter(t -> t.result() == result).toList();
    }

    /** What the trials found, those that are named first. */
    static String explain(List<Trial> trials) {
        List<String> named =
                trials.stream().limit(NAMED).map(Trial::explanation).distinct().toList();
        String text =
                String.join("; ", named) + (trials.size() > NAMED ? "; and " + (trials.size() - NAMED) + " more" : "");
        return shortened(text);
    }

    /** Not longer than a message may be. */
    static String shortened(String text) {
        return text.length() <= MESSAGE_LIMIT ? text : text.substring(0, MESSAGE_LIMIT - 1) + "…";
    }
}
