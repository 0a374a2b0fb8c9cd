package dev.bulkhead.operator.database;

import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.Purpose;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The database logins of tenants, for sweeps to try where the server does not let passwords be compared. */
public final class TenantLogins {
    private final KeyRingStore keyRings;

    /** Takes the passwords from the tenants' key rings. */
    public TenantLogins(KeyRingStore keyRings) {
        this.keyRings = keyRings;
    }

    /** The login in use and its password; null when the keys are not at hand. The caller clears it. */
    public @Nullable Credential of(TenantIdentity identity) {
        try {
            return switch (keyRings.find(identity)) {
                case KeyRingStore.FoundRing.Open open -> {
                    try (KeyRing ring = open.ring()) {
                        yield of(
                                identity,
                                open.state().slots().of(PartId.database).current(),
                                ring);
                    }
                }
                case KeyRingStore.FoundRing.Absent _ -> null;
                case KeyRingStore.FoundRing.Unusable _ -> null;
            };
        } catch (KubernetesClientException e) {
            return null; // the next sweep tries again
        }
    }

    private static @Nullable Credential of(TenantIdentity identity, Slot slot, KeyRing ring) {
        byte[] password = ring.credential(Purpose.of(PartId.database, slot)).orElse(null);
        if (password == null) {
            return null;
        }
        try {
            return Credential.of(SchemaPlan.RoleKind.login(slot).of(identity), password);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }
}
