package dev.bulkhead.operator.guard;

import dev.bulkhead.operator.guard.GuardManifest.Expectation;

/** A request that was tried, and what came of it. */
public record GuardAttempt(GuardManifest manifest, Result result) {
    /** What came of a request. */
    public sealed interface Result {
        /** The guard that is meant for it refused it, in these words. */
        record Refused(String message) implements Result {}

        /** It was let through, and the guard that is meant for it warned. */
        record Warned(String message) implements Result {}

        /** It was let through without a word of that guard. */
        record Admitted() implements Result {}

        /** Something else refused it, so that nothing is known about the guard: RBAC, quota, another guard. */
        record RefusedOtherwise(int code, String message) implements Result {}

        /** There was no answer that says anything about the guard. */
        record Inconclusive(String reason) implements Result {}
    }

    /** What an attempt proves. */
    public enum Verdict {
        /** The guard did what it has to. */
        PASS,
        /** It did not. */
        FAIL,
        /** Nothing is known. */
        UNKNOWN
    }

    /** What the attempt proves about its guard. */
    public Verdict verdict() {
        boolean refuse = manifest.expectation() == Expectation.REFUSE;
        return switch (result) {
            case Result.Refused _ -> refuse ? Verdict.PASS : Verdict.FAIL;
            // A guard whose binding was made to warn lets everything through.
            case Result.Warned _ -> refuse && manifest.onlyWarned() ? Verdict.PASS : Verdict.FAIL;
            case Result.Admitted _ -> refuse ? Verdict.FAIL : Verdict.PASS;
            case Result.RefusedOtherwise _, Result.Inconclusive _ -> Verdict.UNKNOWN;
        };
    }
}
