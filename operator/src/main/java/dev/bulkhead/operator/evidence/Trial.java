package dev.bulkhead.operator.evidence;

/**
 * An attempt to break out, and beside it the same attempt from where it is allowed: without that positive control a
 * refusal proves nothing, because a target that does not exist refuses everybody.
 *
 * @param proves the control it counts for
 * @param name what is tried, as a short sentence without names of tenants, such as {@code reads rows of another tenant}
 * @param kind what its success would mean
 * @param attack what must not work
 * @param check what must work, in the same round
 */
public record Trial(Control proves, String name, TrialKind kind, Attempt attack, Attempt check) {
    /** What the success of an attack means, and how the boundary says no. */
    public enum TrialKind {
        /** Somebody who must not get through got through; the boundary answers with a refusal. */
        BreakOut,
        /** The same, at a boundary that drops silently: here a timeout is a refusal too. */
        SilentBreakOut,
        /** Reading settings found a way that is open to somebody outside, whether or not anybody went it. */
        OpenWay,
        /** Reading settings found protection missing; no way is open because of that alone. */
        Weakness
    }

    /** What a trial says. */
    public enum TrialResult {
        /** The attack was refused by the boundary, and the positive control worked. */
        Blocked,
        /** The attack worked. */
        Through,
        /** Neither can be said. */
        Unclear
    }

    /** What this trial says. An attack that worked says so whatever became of its positive control. */
    public TrialResult result() {
        return switch (attack.ending()) {
            case Succeeded -> TrialResult.Through;
            case Refused -> checked(true);
            case TimedOut -> checked(kind == TrialKind.SilentBreakOut);
            case NameNotFound, TlsFailed, Broken -> TrialResult.Unclear;
        };
    }

    private TrialResult checked(boolean refused) {
        return refused && check.ending() == Ending.Succeeded ? TrialResult.Blocked : TrialResult.Unclear;
    }

    /** Whether a way out was open: an incident, not only a missing protection. */
    public boolean breach() {
        return result() == TrialResult.Through && kind != TrialKind.Weakness;
    }

    /**
     * Which way it is: the same as long as one way stays open, and another for another way. What changes from round to
     * round is not in it: as whom of several it was tried, which of a tenant's pods answered.
     */
    public String way() {
        return switch (kind) {
            case SilentBreakOut -> name;
            case BreakOut -> name + ", on " + attack.target();
            case OpenWay, Weakness -> name + ", " + attack.actor() + " on " + attack.target();
        };
    }

    /** What to say about it where it is not blocked: which half went wrong, and how. */
    public String explanation() {
        return switch (result()) {
            case Through -> name + ": " + attack;
            case Blocked -> name + ": refused";
            case Unclear ->
                name + ": "
                        + (check.ending() == Ending.Succeeded
                                ? "the attempt ended in no refusal: " + attack
                                : "the positive control failed: " + check);
        };
    }
}
