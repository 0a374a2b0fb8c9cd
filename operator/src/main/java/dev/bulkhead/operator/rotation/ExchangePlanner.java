package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.SlotUse;
import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.secret.ChangeOver;
import dev.bulkhead.operator.secret.TenantState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What comes next in the exchange of one credential, from the record on the key ring and what was seen. Pure. The new one
 * works before it is delivered, is delivered before the old one goes, and from its delivery on the old one has a last
 * moment, whatever else happens.
 */
@Pure
public final class ExchangePlanner {
    /** A mounted Secret reaches its pod within this time; who reads it there must not come too late. */
    static final Duration LEAST_DRAIN = Duration.ofMinutes(2);

    private ExchangePlanner() {}

    /** How far an exchange is; in this order. */
    public enum ExchangeStage {
        /** Not begun. */
        Idle,
        /** There is a new credential beside the one in use. */
        Made,
        /** The new one is the one to be delivered. */
        Switched,
        /** It is delivered, and the old one has a last moment. */
        Draining,
        /** The old one is to let nobody in. */
        Shut,
        /** The old one is gone. */
        Done
    }

    /**
     * How an exchange is made.
     *
     * @param atOnce whether the old one is shut as soon as the new one is delivered
     * @param drainFor how long the old one works at most from then on
     */
    public record Rules(boolean atOnce, Duration drainFor) {}

    /**
     * What was seen; only what the stage asks for.
     *
     * @param suspended whether nothing is let in now anyway
     * @param newOne whether the new credential lets in
     * @param delivered whether the tenant's Secrets carry the new one
     * @param oldPods pods that still run with the old one
     * @param oldSessions sessions of the old login; empty where nobody can tell
     * @param oldOne whether the old credential lets in
     */
    public record SeenExchange(
            boolean suspended,
            Admission newOne,
            boolean delivered,
            int oldPods,
            OptionalInt oldSessions,
            Admission oldOne) {
        /** Nothing yet. */
        static final SeenExchange NOTHING =
                new SeenExchange(false, Admission.Unknown, false, 0, OptionalInt.empty(), Admission.Unknown);
    }

    /** What comes next. */
    public sealed interface Next {
        /** A new credential in the other slot; both let in, the one in use stays in use. */
        record Make() implements Next {}

        /** The new one is the one to deliver. */
        record Switch() implements Next {}

        /** The old one gets its last moment. */
        record Drain(Instant until) implements Next {}

        /** The new one alone lets in, and is the one to deliver. */
        record Shut() implements Next {}

        /** The old one goes from the key ring; the exchange is through. */
        record Forget() implements Next {}

        /** Somebody else has to come first. */
        record Await(String message, @Nullable Instant until) implements Next {}
    }

    /** How far the exchange of a part is, whoever began it. */
    public static ExchangeStage stage(TenantState state, PartId part, Rotatable what, String by) {
        ChangeOver change = state.rotation().of(part).orElse(null);
        if (change == null) {
            return state.rotation().last().containsKey(what)
                            && state.rotation().last().get(what).by().equals(by)
                    ? ExchangeStage.Done
                    : ExchangeStage.Idle;
        }
        SlotUse use = state.slots().of(part);
        if (use.current() != change.to()) {
            return ExchangeStage.Made;
        }
        if (!use.live().contains(change.from())) {
            return ExchangeStage.Shut;
        }
        return change.oldUntil() == null ? ExchangeStage.Switched : ExchangeStage.Draining;
    }

    /**
     * What comes next.
     *
     * @param oldUntil the last moment of the old one, once it has one
     */
    static Next next(ExchangeStage stage, @Nullable Instant oldUntil, SeenExchange seen, Rules rules, Instant now) {
        return switch (stage) {
            case Idle -> new Next.Make();
            case Made -> made(seen);
            case Switched -> switched(seen, rules, now);
            case Draining -> draining(oldUntil == null ? now : oldUntil, seen, rules, now);
            case Shut ->
                switch (seen.oldOne()) {
                    case Refused -> new Next.Forget();
                    case Admitted -> new Next.Await("the old one still lets in", null);
                    case Unknown -> new Next.Await("nobody can tell yet whether the old one is refused", null);
                };
            case Done -> new Next.Await("done", null);
        };
    }

    private static Next made(SeenExchange seen) {
        if (seen.suspended()) {
            return new Next.Shut();
        }
        return switch (seen.newOne()) {
            case Admitted -> new Next.Switch();
            case Refused -> new Next.Await("the new one is not let in yet", null);
            case Unknown -> new Next.Await("the server does not say whether the new one works", null);
        };
    }

    private static Next switched(SeenExchange seen, Rules rules, Instant now) {
        if (seen.suspended() || (seen.delivered() && rules.atOnce())) {
            return new Next.Shut();
        }
        return seen.delivered()
                ? new Next.Drain(now.plus(rules.drainFor()))
                : new Next.Await("the new one is not delivered everywhere yet", null);
    }

    private static Next draining(Instant until, SeenExchange seen, Rules rules, Instant now) {
        if (seen.suspended() || rules.atOnce() || !now.isBefore(until)) {
            return new Next.Shut();
        }
        Duration least = rules.drainFor().compareTo(LEAST_DRAIN) < 0 ? rules.drainFor() : LEAST_DRAIN;
        Instant soonest = until.minus(rules.drainFor()).plus(least);
        boolean unused = seen.oldSessions().isPresent() && seen.oldSessions().getAsInt() == 0 && seen.oldPods() == 0;
        if (unused && !now.isBefore(soonest)) {
            return new Next.Shut();
        }
        return new Next.Await(
                "the old one works until " + until.truncatedTo(ChronoUnit.SECONDS)
                        + (unused
                                ? "; no session or pod uses it"
                                : seen.oldPods() > 0 ? "; pods still have it" : "; it may still be used"),
                unused && soonest.isBefore(until) ? soonest : until);
    }
}
