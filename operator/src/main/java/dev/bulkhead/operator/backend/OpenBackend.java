package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.secret.KeyRing;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One server or store that is open, with what is remembered of its tenants. Safe to use from several threads, for one
 * tenant from one at a time; every call ends in bounded time.
 *
 * @param <P> what a tenant is to have on it
 */
public interface OpenBackend<P> extends AutoCloseable {
    /** What it can do, or why that is not known. */
    BackendLook look();

    /** Compares all tenants with their plans; writes nothing for them. */
    Swept sweep(Map<TenantIdentity, P> plans);

    /** Brings what a tenant has to the plan. */
    Outcome apply(P plan, KeyRing keys);

    /** Closes what a tenant has as a closed plan says; data stays. */
    Outcome shut(P plan);

    /** Closes what a tenant has at the place, without a plan; data stays. */
    Outcome close(TenantIdentity identity, Place place);

    /**
     * Whether the credential of a tenant's slot is let in now, as the tenant would be.
     *
     * @param keys the tenant's, which hold one for that slot
     */
    Admission admits(TenantIdentity identity, Place place, Slot slot, KeyRing keys);

    /** How many sessions a slot's login has; empty when nobody can tell, as of keys, which have none. */
    OptionalInt sessions(TenantIdentity identity, Place place, Slot slot);

    /**
     * How much tenants have stored there, as far as it is remembered; asks nobody.
     *
     * @param plans of those to tell of
     * @return for each tenant of whom there is anything to tell
     */
    default Map<TenantIdentity, Stored> stored(Map<TenantIdentity, P> plans) {
        return Map.of();
    }

    /**
     * How much a tenant has stored.
     *
     * @param used bytes, as they are compared with the limit; null where that is not known
     * @param limit bytes; null where there is none
     */
    record Stored(@Nullable Long used, @Nullable Long limit) {}

    /**
     * What carries the mark of tenants there, whoever they are, as the last look and sweep that were through saw it; asks
     * nobody. Empty before the first.
     */
    Collection<Marked> marked();

    /**
     * Something with the mark of a tenant.
     *
     * @param suffix of the names of that tenant, see {@link TenantIdentity#suffix}
     * @param name of the schema or bucket
     * @param inside database it lies in; null where it lies in none
     */
    record Marked(String suffix, String name, @Nullable String inside) {}

    /** Forgets what is remembered of a tenant. */
    void forget(TenantIdentity identity);

    @Override
    void close();

    /** What a look at a server led to. */
    sealed interface BackendLook {
        /**
         * It answered.
         *
         * @param version of the server; null where it does not say
         * @param tenants how many live there; null where that is not known
         * @param load of each part of it that can be chosen
         * @param message how it is, for people
         * @param flaw why nobody should live there although it answers; null where there is no reason
         */
        record Seen(
                @Nullable String version,
                @Nullable Integer tenants,
                List<BackendStatus.Load> load,
                List<Capability> capabilities,
                String message,
                @Nullable Finding flaw)
                implements BackendLook {
            /** Makes lists immutable. */
            public Seen {
                load = List.copyOf(load);
                capabilities = List.copyOf(capabilities);
            }
        }

        /** It did not, or refuses the operator. */
        record Unseen(Finding finding) implements BackendLook {}
    }

    /**
     * What a sweep found.
     *
     * @param drifted tenants that are not as planned: to apply again
     * @param unsettled tenants whose last apply did not succeed, or was made over a connection that is no longer used:
     *     to apply again, too, and no news. None when the server does not answer: then that would not help
     * @param gone tenants whose data was made and is not there any more
     * @param failures why the server, or some of its tenants, could not be looked at; without repetitions
     */
    record Swept(
            Set<TenantIdentity> drifted,
            Set<TenantIdentity> unsettled,
            Set<TenantIdentity> gone,
            List<Finding> failures) {
        /** Makes collections immutable. */
        public Swept {
            drifted = Set.copyOf(drifted);
            unsettled = Set.copyOf(unsettled);
            gone = Set.copyOf(gone);
            failures = List.copyOf(failures);
        }
    }
}
