package dev.bulkhead.operator.part;

import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.validate.PlatformSettings;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What plans need beside the tenant: read before planning, and nothing after it.
 *
 * @param settings of the platform
 * @param slots which of its logins and keys the tenant uses
 * @param made the parts whose data was made before
 * @param sealing with which values are sealed for the tenant; null while its keys are not at hand
 * @param backends what is known of the servers and stores it lives on
 * @param supplies what somebody else gives to a part
 */
public record Prepared(
        PlatformSettings settings,
        Slots slots,
        Set<PartId> made,
        @Nullable SealingKey sealing,
        Map<PartId, BackendView> backends,
        Map<PartId, Supply> supplies) {
    /** Makes maps immutable. */
    public Prepared {
        backends = PartId.copyOf(backends);
        supplies = Map.copyOf(supplies);
        made = Set.copyOf(made);
    }

    /** Of a new tenant to which nobody else gives anything. */
    public Prepared(
            PlatformSettings settings, Slots slots, @Nullable SealingKey sealing, Map<PartId, BackendView> backends) {
        this(settings, slots, Set.of(), sealing, backends, Map.of());
    }

    /** The tenant's keys with what is supplied; for one pass only. */
    public KeyRing into(KeyRing keys) {
        KeyRing all = keys;
        for (Supply supply : supplies.values()) {
            all = supply.into(all);
        }
        return all;
    }

    /** What is known of the server or store that a part lies on. */
    public BackendView backend(PartId part) {
        return backends.getOrDefault(part, BackendView.UNKNOWN);
    }
}
