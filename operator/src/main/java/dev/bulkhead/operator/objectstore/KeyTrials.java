package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.outcome.Admission;
import software.amazon.awssdk.services.s3.S3Client;

/** Tries tenants' keys with one signed request that reads. Changes nothing. */
public final class KeyTrials {
    private final ExternalCalls calls;

    /** Every request is told to the listener. */
    public KeyTrials(ExternalCalls calls) {
        this.calls = calls;
    }

    /** Whether the key is let into the bucket now. */
    public Admission of(StoreConnection connection, String bucket, String accessKeyId, String secretAccessKey) {
        try (StoreGate gate = new StoreGate(1, connection.limits().call(), calls);
                S3Client s3 = S3Connection.open(connection, accessKeyId, secretAccessKey)) {
            gate.call(
                    Verb.read,
                    "ListObjectsV2",
                    () -> s3.listObjectsV2(r -> r.bucket(bucket).maxKeys(1)));
            return Admission.Admitted;
        } catch (StoreException e) {
            return switch (e.failure()) {
                case Credentials, Forbidden -> Admission.Refused;
                default -> Admission.Unknown;
            };
        }
    }
}
