package dev.bulkhead.operator.probe.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.evidence.Trial;
import java.util.function.BiConsumer;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Something to try on a bucket, and what shows at home that its refusal means something.
 *
 * @param name as {@link Trial#name()}
 * @param kind what its success would mean
 * @param attack what must be refused
 * @param check what must work in the tenant's own bucket with its own key
 */
record ObjectAttempt(String name, Trial.TrialKind kind, Request attack, Request check) {
    /** Somebody gets through who must not. */
    static ObjectAttempt of(String name, Request attack, Request check) {
        return new ObjectAttempt(name, Trial.TrialKind.BreakOut, attack, check);
    }

    /** A request that is refused to others and works at home. */
    static ObjectAttempt of(String name, Request request) {
        return of(name, request, request);
    }

    /** What the tenant could open with, did somebody let it. */
    static ObjectAttempt weakness(String name, Request attack, Request check) {
        return new ObjectAttempt(name, Trial.TrialKind.Weakness, attack, check);
    }

    /**
     * One request, or two that undo each other.
     *
     * @param operation as S3 calls it
     * @param verb whether it could change something
     * @param needsCanary whether its answer means something only where the permanent object is
     */
    record Request(String operation, Verb verb, boolean needsCanary, BiConsumer<S3Client, AttemptPlace> call) {
        /** One that reads. */
        static Request read(String operation, BiConsumer<S3Client, AttemptPlace> call) {
            return new Request(operation, Verb.read, false, call);
        }

        /** One that would write. */
        static Request write(String operation, BiConsumer<S3Client, AttemptPlace> call) {
            return new Request(operation, Verb.write, false, call);
        }

        /** The same, on the permanent object. */
        Request onCanary() {
            return new Request(operation, verb, true, call);
        }
    }

    /**
     * Where it is tried.
     *
     * @param bucket the one that is tried
     * @param tag ETag of its permanent object; empty where it is not known
     * @param own the tenant's
     * @param ownTag ETag of the permanent object of the tenant's
     */
    record AttemptPlace(String bucket, String tag, String own, String ownTag) {}
}
