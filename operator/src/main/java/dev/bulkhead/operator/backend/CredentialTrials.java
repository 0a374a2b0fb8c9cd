package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.secret.KeyRing;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Tries the credentials of tenants where they live, as the tenants would. */
public final class CredentialTrials {
    private final Map<PartId, BackendRegistry<?, ?>> backends;

    /** On the servers and stores that are connected. */
    public CredentialTrials(Map<PartId, BackendRegistry<?, ?>> backends) {
        this.backends = Map.copyOf(backends);
    }

    /** The name of a slot's credential: a login, or an access key id. */
    public String name(PartId part, TenantIdentity identity, Slot slot, KeyRing keys) {
        return of(part).kind().credential(identity, slot, keys);
    }

    /** How a part's credentials are delivered. */
    public BackendKind.CredentialDelivery delivered(PartId part) {
        return of(part).kind().delivered();
    }

    /** In which of its namespaces a tenant wants a part's credential, by their short names. */
    public List<String> deliverTo(PartId part, TenantSpec spec) {
        return of(part).kind().deliverTo(spec);
    }

    /**
     * Whether a slot's credential is let in now.
     *
     * @param keys the tenant's, which hold one for that slot
     */
    public Admission admits(PartId part, Place place, TenantIdentity identity, Slot slot, KeyRing keys) {
        return of(part).connected(place.backend())
                .map(server -> server.admits(identity, place, slot, keys))
                .orElse(Admission.Unknown);
    }

    /** How many sessions a slot's login has; empty when nobody can tell, as of keys, which have none. */
    public OptionalInt sessions(PartId part, Place place, TenantIdentity identity, Slot slot) {
        return of(part).connected(place.backend())
                .map(server -> server.sessions(identity, place, slot))
                .orElse(OptionalInt.empty());
    }

    private BackendRegistry<?, ?> of(PartId part) {
        BackendRegistry<?, ?> registry = backends.get(part);
        if (registry == null) {
            throw new IllegalArgumentException(part + " lies on no server");
        }
        return registry;
    }
}
