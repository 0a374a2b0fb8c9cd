package dev.bulkhead.operator.objectstore;

import java.net.URI;

/** A real server on loopback with a state folder of its own, and what whoever runs it can do beside the operator. */
interface StoreServer extends AutoCloseable {
    /** The operator's account: its access key id, and how the server calls the owner of its buckets. */
    String ROOT = "bulkhead-root";

    String ROOT_SECRET = "root-secret-of-the-tests-0123456789";

    /** Starts it again after {@link #down}: same ports, same state. */
    void up();

    /** Stops it and keeps its state. */
    void down();

    URI endpoint();

    /** The operator's way there. */
    default StoreConnection connection() {
        return connection(ROOT_SECRET);
    }

    /** The same with another secret. */
    StoreConnection connection(String secret);

    /** The accounts of the server, past the operator. */
    KeyAccounts accounts(StoreGate gate);

    /** The request that lists them. */
    String listing();

    /** How a bucket policy names the holder of a key. */
    String principal(String accessKeyId);

    /** Gives an account rights of its own. */
    void promote(String accessKeyId, Rights rights);

    /** Rights beyond what bucket policies give. */
    enum Rights {
        MAKES_BUCKETS,
        ADMINISTERS
    }

    @Override
    void close();
}
