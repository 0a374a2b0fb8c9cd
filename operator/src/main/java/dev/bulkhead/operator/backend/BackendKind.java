package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one kind of server or store differs in from the others, before it is open.
 *
 * @param <R> its object in the cluster
 * @param <P> what a tenant is to have on it
 */
public interface BackendKind<R extends CustomResource<?, BackendStatus>, P> {
    /** Its kind, as people write it: {@code DatabaseServer}. */
    String kind();

    /** Under which its requests are counted. */
    ExternalCalls.Backend metered();

    /** Why a tenant waits for one that is not open. */
    Reason unavailable();

    /** Name of the Secret in the keys namespace with the operator's own account. */
    String adminSecret(R object);

    /** The keys that Secret must have, for an object that says so. */
    Set<String> secretKeys(R object);

    /** Where that account is shown, each {@code host:port}: nowhere else, whatever the object says. */
    Set<String> hosts(R object);

    /**
     * The name of a slot's credential: a login, or an access key id.
     *
     * @param keys the tenant's, which know what the identity does not tell
     */
    String credential(TenantIdentity identity, Slot slot, KeyRing keys);

    /** How its credentials are delivered. */
    CredentialDelivery delivered();

    /** In which of its namespaces a tenant wants its credential, by their short names. */
    List<String> deliverTo(TenantSpec spec);

    /** Whether a plan is of a tenant whose data was made there and is open: if it is not there, it is lost. */
    boolean holds(P plan);

    /** What of its spec a connection depends on: one that is equal is kept. */
    Object address(R object);

    /**
     * Opens it; sends no request.
     *
     * @param account the Secret, decoded
     */
    BackendOpening<P> open(R object, Map<String, byte[]> account);

    /**
     * How credentials are delivered.
     *
     * @param secret name of the Secret
     * @param name its key with the name of the credential: a login, or an access key id
     * @param credential its key with the password or the secret of the key
     */
    record CredentialDelivery(String secret, String name, String credential) {}

    /** What opening led to. */
    sealed interface BackendOpening<P> {
        /** It can be used. */
        record Opened<P>(OpenBackend<P> backend) implements BackendOpening<P> {}

        /** Its spec or its account cannot be used. */
        record Failed<P>(Finding finding) implements BackendOpening<P> {}
    }
}
