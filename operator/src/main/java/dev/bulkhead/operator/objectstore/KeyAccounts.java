package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.BackendStatus;
import java.util.List;
import java.util.Map;

/**
 * The accounts of one server, each of which is one key: an access key id with one secret, and no right of its own, so that
 * it may do what bucket policies say and nothing else. What fails is a {@link StoreException}.
 */
interface KeyAccounts extends AutoCloseable {
    /** All accounts but the operator's own, by access key id: as many as the server has, in as few requests as it allows. */
    Map<String, ObservedKey> list();

    /** Makes the account; one that is there gets this secret and loses what rights it has. */
    void put(String accessKeyId, String secret);

    /** Gives an account this secret and takes what rights it has; Missing when there is none. */
    void update(String accessKeyId, String secret);

    /** Removes the account; one that is not there is not an error. */
    void delete(String accessKeyId);

    /** What there is to say of the server beside its accounts, for people. */
    default List<BackendStatus.Capability> remarks() {
        return List.of();
    }

    /** Gives connections back. */
    @Override
    void close();
}
