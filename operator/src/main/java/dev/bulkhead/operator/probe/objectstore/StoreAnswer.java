package dev.bulkhead.operator.probe.objectstore;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.objectstore.StoreException;
import java.util.Set;

/**
 * How the store answered.
 *
 * @param ending what the answer says about the boundary
 * @param detail HTTP status and error code, or what happened on the way
 */
record StoreAnswer(Ending ending, String detail) {
    /** The one answer of a boundary that holds. */
    private static final String DENIED = "HTTP 403 AccessDenied";

    /** The same to a HEAD, which has no body and so no code. */
    private static final String DENIED_HEAD = "HTTP 403";

    private static final String NOT_IMPLEMENTED = "HTTP 501 NotImplemented";

    /**
     * Answers of a server that let the request through and then had another reason not to do it. The requests are made
     * such that there always is one: what gets through changes nothing.
     */
    private static final Set<String> LET_THROUGH = Set.of(
            "HTTP 304",
            "HTTP 304 NotModified",
            "HTTP 412",
            "HTTP 412 PreconditionFailed",
            "HTTP 400 MalformedPolicy",
            "HTTP 400 AccessControlListNotSupported",
            "HTTP 404 NoSuchBucketPolicy",
            "HTTP 404 NoSuchPublicAccessBlockConfiguration",
            "HTTP 404 NoSuchKey",
            "HTTP 404 NoSuchVersion",
            "HTTP 409 BucketAlreadyOwnedByYou");

    static StoreAnswer done() {
        return new StoreAnswer(Ending.Succeeded, "carried out");
    }

    /** What a failure says. */
    static StoreAnswer of(StoreException failure) {
        String detail = failure.detail();
        if (detail.equals(DENIED) || detail.equals(DENIED_HEAD)) {
            return new StoreAnswer(Ending.Refused, detail);
        }
        if (LET_THROUGH.contains(detail)) {
            return new StoreAnswer(Ending.Succeeded, "let through, " + detail);
        }
        Ending ending = switch (failure.failure()) {
            case Slow -> Ending.TimedOut;
            case Untrusted -> Ending.TlsFailed;
            case Unreachable,
                    Busy,
                    NotYet,
                    Credentials,
                    Clock,
                    Forbidden,
                    Missing,
                    Taken,
                    Exists,
                    Unsupported,
                    Rejected,
                    Stopped -> Ending.Broken;
        };
        return new StoreAnswer(ending, detail.isEmpty() ? failure.failure().name() : detail);
    }

    /** Whether the server says that it has no such thing, to anybody: then there is nothing to get through. */
    boolean notImplemented() {
        return detail.equals(NOT_IMPLEMENTED);
    }

    Attempt by(String actor, String target) {
        return new Attempt(actor, target, ending, detail);
    }
}
