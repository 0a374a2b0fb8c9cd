package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.Supply;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.Purpose;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Where the keys of a tenant come from, and whether they are there. */
public sealed interface KeySupply extends Supply {
    /** The keys, for {@link ObjectStorePlanner}. */
    StoreKeys keys();

    /** Finds out where a tenant's keys come from. */
    @FunctionalInterface
    interface KeySource {
        /**
         * The keys of a tenant.
         *
         * @param slot in use
         * @param ring the tenant's keys; null while they are not at hand
         */
        KeySupply of(TenantIdentity identity, ObjectStoreSpec.Driver driver, Slot slot, @Nullable KeyRing ring);

        /** Asks nobody: keys that are supplied are named by the Secret they will lie in. */
        static KeySource untold() {
            return (identity, driver, _, _) -> new Made(StoreKind.of(driver).keys(identity));
        }
    }

    /** The operator makes them, or has the server make them; their secrets lie in the tenant's key ring. */
    record Made(StoreKeys keys) implements KeySupply {}

    /** The platform's administrator supplied one; this is its secret, which goes into no plan. */
    record Supplied(StoreKeys keys, SlotSecret secret) implements KeySupply {
        @Override
        public KeyRing into(KeyRing ring) {
            return ring.withCredential(
                    Purpose.of(PartId.objectStore, secret.slot()),
                    secret.secret().getBytes(StandardCharsets.US_ASCII));
        }
    }

    /**
     * The platform's administrator has to act first: until then nobody new is let in, and what was given before stays.
     *
     * @param outcome of the tenant's bucket; names the Secret and what it is to hold
     */
    record Withheld(StoreKeys keys, Outcome outcome) implements KeySupply {}
}
