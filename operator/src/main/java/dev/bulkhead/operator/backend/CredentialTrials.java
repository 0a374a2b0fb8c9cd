package dev.bulkhead.operator.backend;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.database.Credential;
import dev.bulkhead.operator.database.LoginTrials;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.KeyTrials;
import dev.bulkhead.operator.objectstore.ObjectStorePlanner;
import dev.bulkhead.operator.outcome.Admission;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.OptionalInt;

/** Tries the credentials of tenants where they live, as the tenants would. */
public final class CredentialTrials {
    private final BackendRegistry backends;
    private final KeyTrials keys;

    /** On the servers and stores that are connected. */
    public CredentialTrials(BackendRegistry backends, ExternalCalls calls) {
        this.backends = backends;
        this.keys = new KeyTrials(calls);
    }

    /** The name of a slot's credential: a login, or an access key id. */
    public static String name(PartId part, TenantIdentity identity, Slot slot) {
        return part == PartId.database
                ? SchemaPlan.Kind.login(slot).of(identity)
                : ObjectStorePlanner.accessKeyId(identity, slot);
    }

    /**
     * Whether a slot's credential is let in now.
     *
     * @param secret password or secret key; the caller zeroes it
     */
    public Admission admits(PartId part, Place place, TenantIdentity identity, Slot slot, byte[] secret) {
        if (part == PartId.database) {
            BackendRegistry.Database server =
                    backends.connectedServer(place.backend()).orElse(null);
            if (server == null) {
                return Admission.Unknown;
            }
            Credential login = BackendRegistry.credential(name(part, identity, slot), secret);
            try {
                return new LoginTrials(server.connection()).of(inside(place), login);
            } finally {
                login.clear();
            }
        }
        return backends.connectedStore(place.backend())
                .map(store -> keys.of(
                        store.connection(),
                        identity.bucket(),
                        name(part, identity, slot),
                        new String(secret, StandardCharsets.US_ASCII)))
                .orElse(Admission.Unknown);
    }

    /** How many sessions a slot's login has; empty when nobody can tell, as of keys, which have none. */
    public OptionalInt sessions(PartId part, Place place, TenantIdentity identity, Slot slot) {
        return part != PartId.database
                ? OptionalInt.empty()
                : backends.connectedServer(place.backend())
                        .map(server -> new LoginTrials(server.connection())
                                .sessions(inside(place), name(part, identity, slot)))
                        .orElse(OptionalInt.empty());
    }

    private static String inside(Place place) {
        return Objects.requireNonNull(place.inside(), "a schema lies in a database");
    }
}
