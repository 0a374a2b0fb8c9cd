package dev.bulkhead.operator.objectstore.copy;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.objectstore.S3Buckets;
import dev.bulkhead.operator.objectstore.S3Connection;
import dev.bulkhead.operator.objectstore.StoreConnection;
import dev.bulkhead.operator.objectstore.StoreGate;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * One of the two stores.
 *
 * @param buckets as the operator sees them
 * @param s3 for what lies in them
 */
record StoreSide(StoreGate gate, S3Buckets buckets, S3Client s3) implements AutoCloseable {
    /** With the operator's account there; asks nothing yet. */
    static StoreSide of(StoreConnection connection) {
        StoreGate gate = new StoreGate(1, connection.limits().call(), ExternalCalls.unobserved());
        S3Client s3 = S3Connection.open(connection);
        return new StoreSide(gate, new S3Buckets(s3, gate, connection.region(), connection.accessKeyId()), s3);
    }

    @Override
    public void close() {
        gate.close();
        s3.close();
    }
}
