package dev.bulkhead.operator.part;

import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Look;
import dev.bulkhead.operator.outcome.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one part has to say of a control that rests on it. Several parts may speak of one control; it is in force when all
 * of them say so.
 *
 * @param message what is worth knowing; empty where the reason says it all
 * @param seen where somebody else looks at it than the pass itself; null where the pass saw it
 */
@Pure
public record ControlVerdict(
        Control control,
        Enforcement enforcement,
        Reason reason,
        String message,
        @Nullable SeenElsewhere seen) {
    /**
     * A look of somebody else than the pass.
     *
     * @param where the server or store that is looked at, such as {@code DatabaseServer main}
     * @param look the last that was through
     */
    public record SeenElsewhere(String where, Look look) {}

    /** In force exactly as far as the part is: what is not in place, and what a server would not take, takes it away. */
    public static ControlVerdict of(Control control, Made made) {
        if (!made.findings().isEmpty()) {
            Finding first = made.findings().getFirst();
            // Whoever only waits for its turn is not known to be worse than before.
            Enforcement enforcement = first.reason().isPassing() ? Enforcement.Unknown : Enforcement.Degraded;
            return new ControlVerdict(control, enforcement, first.reason(), first.text(), null);
        }
        if (!made.refused().isEmpty()) {
            return refused(control, made);
        }
        return made.done()
                ? new ControlVerdict(control, Enforcement.Enforced, Reason.AsPlanned, "", null)
                : new ControlVerdict(
                        control,
                        Enforcement.Degraded,
                        Reason.WaitingFor,
                        "what comes before it is not in place yet",
                        null);
    }

    /** Not in force, for what a server or admission would not take. */
    public static ControlVerdict refused(Control control, Made made) {
        return new ControlVerdict(
                control,
                Enforcement.Degraded,
                made.refused().getFirst().reason(),
                Finding.joined(made.refused()),
                null);
    }

    /** In force, as the plan itself says. */
    public static ControlVerdict enforced(Control control, String message) {
        return new ControlVerdict(control, Enforcement.Enforced, Reason.AsPlanned, message, null);
    }

    /** Not in force because the platform cannot do it. */
    public static ControlVerdict without(Control control, Enforcement enforcement, String message) {
        return new ControlVerdict(control, enforcement, Reason.NotEnforceable, message, null);
    }

    /** Whether it is in force. */
    public boolean enforced() {
        return enforcement == Enforcement.Enforced;
    }

    /** The same with a remark, where it is in force; else what is missing matters more. */
    public ControlVerdict remarking(String remark) {
        return enforced() ? new ControlVerdict(control, enforcement, reason, remark, seen) : this;
    }

    /** The same as seen by somebody else, once they looked. */
    public ControlVerdict seenAt(String where, Optional<Look> look) {
        return look.map(last ->
                        new ControlVerdict(control, enforcement, reason, message, new SeenElsewhere(where, last)))
                .orElse(this);
    }
}
