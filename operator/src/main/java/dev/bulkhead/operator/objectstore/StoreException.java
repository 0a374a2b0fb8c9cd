package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.util.Set;

/**
 * A request to an object store did not succeed. Carries no word of the server's own but its error code, so no message can
 * give a key away.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final Set<String> UNSUPPORTED = Set.of(
            "NotImplemented",
            "MethodNotAllowed",
            "VersioningNotConfigured",
            "XAdminMethodNotSupported",
            "InvalidAction");
    private static final Set<String> CREDENTIALS = Set.of(
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "AuthorizationHeaderMalformed",
            "InvalidToken");
    private static final Set<String> BUSY = Set.of(
            "SlowDown",
            "ServiceUnavailable",
            "TooManyRequests",
            "TooManyRequestsException",
            "Throttling",
            "ThrottlingException",
            "RequestLimitExceeded",
            "ConcurrentModification",
            "EntityTemporarilyUnmodifiable");

    private final StoreFailure failure;
    private final String operation;
    private final String detail;

    /** How a request can fail. */
    public enum StoreFailure {
        /** No connection. */
        Unreachable,
        /** The connection is there, the server's certificate is not trusted. */
        Untrusted,
        /** No answer in time. */
        Slow,
        /** The server asks to come back later, or failed. */
        Busy,
        /** What was made a moment ago is not known everywhere yet. */
        NotYet,
        /** The server does not accept the operator's key. */
        Credentials,
        /** The clocks differ too much. */
        Clock,
        /** The key is accepted and may not do this. */
        Forbidden,
        /** There is no such thing. */
        Missing,
        /** The name is taken by another account. */
        Taken,
        /** The thing is already there, and ours. */
        Exists,
        /** The server does not do this. */
        Unsupported,
        /** The server does not like the request. */
        Rejected,
        /** The operator is stopping. */
        Stopped
    }

    /**
     * A failure.
     *
     * @param detail short, free of secrets; may be empty
     */
    StoreException(StoreFailure failure, String operation, String detail) {
        super(operation + ": " + failure + (detail.isEmpty() ? "" : " (" + detail + ")"));
        this.failure = failure;
        this.operation = operation;
        this.detail = detail;
    }

    /** From an answer that is not a success. */
    static StoreException answered(String operation, int status, String code) {
        String detail = code.isEmpty() ? "HTTP " + status : "HTTP " + status + " " + code;
        return new StoreException(failure(status, code), operation, detail);
    }

    /** How it failed. */
    public StoreFailure failure() {
        return failure;
    }

    /** The request, such as PutBucketPolicy. */
    public String operation() {
        return operation;
    }

    /** Status and error code, where there was an answer. */
    public String detail() {
        return detail;
    }

    /** What it means for the tenant or the store: wait, or ask a person. */
    Outcome outcome(String store, String bucket) {
        return failure == StoreFailure.Taken
                ? new Outcome.Blocked(new Finding(
                        Reason.Conflict,
                        "bucket " + bucket,
                        "belongs to another account of ObjectStore " + store + ". It was not touched."))
                : new Outcome.Waiting(finding(store));
    }

    /** Names the store, what happened and what to check. */
    public Finding finding(String store) {
        String at = " (" + operation + (detail.isEmpty() ? "" : ", " + detail) + ").";
        return switch (failure) {
            case Unreachable -> unavailable(store, "does not answer: check spec.endpoint and the network" + at);
            case Untrusted ->
                unavailable(
                        store,
                        "has a certificate that is not trusted: check spec.caCertificate and the host name" + at);
            case Slow -> unavailable(store, "does not answer in time; tried again" + at);
            case Busy -> unavailable(store, "asks to come back later; tried again" + at);
            case NotYet ->
                new Finding(
                        Reason.KeySettling,
                        "ObjectStore " + store,
                        "does not know everywhere yet what was made there a moment ago; tried again by itself" + at);
            case Stopped -> unavailable(store, "was not asked to the end: the operator is stopping" + at);
            case Credentials ->
                refused(
                        store,
                        "does not accept the operator's key: check the Secret of spec.adminSecret and" + " spec.region"
                                + at);
            case Clock -> refused(store, "has another time than the operator: check the clocks of both" + at);
            case Forbidden ->
                refused(
                        store,
                        "does not let the operator do this: check the rights of the account of" + " spec.adminSecret"
                                + at);
            case Missing, Taken, Exists, Unsupported, Rejected ->
                refused(store, "does not do what the operator asks: check its version and settings" + at);
        };
    }

    private static Finding unavailable(String store, String message) {
        return new Finding(Reason.ObjectStoreUnavailable, "ObjectStore " + store, message);
    }

    private static Finding refused(String store, String message) {
        return new Finding(Reason.ObjectStoreRefused, "ObjectStore " + store, message);
    }

    private static StoreFailure failure(int status, String code) {
        if (BUSY.contains(code) || status == 429 || (status >= 500 && status != 501)) {
            return StoreFailure.Busy;
        }
        if (status == 501 || UNSUPPORTED.contains(code)) {
            return StoreFailure.Unsupported;
        }
        if (CREDENTIALS.contains(code) || status == 401) {
            return StoreFailure.Credentials;
        }
        if (code.equals("RequestTimeTooSkewed")) {
            return StoreFailure.Clock;
        }
        return switch (status) {
            case 403 -> StoreFailure.Forbidden;
            case 404 -> StoreFailure.Missing;
            case 409 ->
                switch (code) {
                    case "BucketAlreadyExists" -> StoreFailure.Taken;
                    case "BucketAlreadyOwnedByYou", "XAdminUserExists", "EntityAlreadyExists" -> StoreFailure.Exists;
                    default -> StoreFailure.Rejected;
                };
            default -> StoreFailure.Rejected;
        };
    }
}
