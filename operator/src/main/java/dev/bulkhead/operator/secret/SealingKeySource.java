package dev.bulkhead.operator.secret;

import java.util.Map;

/** Where the {@code seal} command finds a tenant's public key: the ConfigMap {@code bulkhead-tenant} of a namespace. */
@FunctionalInterface
public interface SealingKeySource {

    /** Looks for the ConfigMap {@link SealingPublicKey#CONFIG_MAP} in a namespace. */
    Lookup lookup(String namespace);

    /** What came of it. */
    sealed interface Lookup {
        /** The ConfigMap's data, not yet checked. */
        record Found(Map<String, String> data) implements Lookup {}

        /** There is no such ConfigMap: the namespace belongs to no tenant, or is not ready yet. */
        record Absent() implements Lookup {}

        /** The cluster did not answer, or refused. The message is shown to the user as it is. */
        record Failed(String message) implements Lookup {}
    }
}
