package dev.bulkhead.operator.guard;

import dev.bulkhead.operator.guard.GuardManifest.Expectation;

/** A request that was tried, and what came of it. */
public record GuardAttempt(GuardManifest manifest, GuardAnswer result) {
    /** What came of a request. */
    public sealed interface GuardAnswer {
        /** The guard that is meant for it refused it, in these words. */
        record Refused(String message) implements GuardAnswer {}

        /** It was let through, and the guard that is meant for it warned. */
        record Warned(String message) implements GuardAnswer {}

        /** It was let through without a word of that guard. */
        record Admitted() implements GuardAnswer {}

        /** Something else refused it, so that nothing is known about the guard: RBAC, quota, another guard. */
        record RefusedOtherwise(int code, String message) implements GuardAnswer {}

        /** There was no answer that says anything about the guard. */
        record Inconclusive(String reason) implements GuardAnswer {}
    }

    /** What an attempt proves. */
    public enum GuardVerdict {
        /** The guard did what it has to. */
        PASS,
        /** It did not. */
        FAIL,
        /** Nothing is known. */
        UNKNOWN
    }

    /** What the attempt proves about its guard. */
    public GuardVerdict verdict() {
        boolean refuse = manifest.expectation() == Expectation.REFUSE;
        return switch (result) {
            case GuardAnswer.Refused _ -> refuse ? GuardVerdict.PASS : GuardVerdict.FAIL;
            // A guard whose binding was made to warn lets everything through.
            case GuardAnswer.Warned _ -> refuse && manifest.onlyWarned() ? GuardVerdict.PASS : GuardVerdict.FAIL;
            case GuardAnswer.Admitted _ -> refuse ? GuardVerdict.FAIL : GuardVerdict.PASS;
            case GuardAnswer.RefusedOtherwise _, GuardAnswer.Inconclusive _ -> GuardVerdict.UNKNOWN;
        };
    }
}
