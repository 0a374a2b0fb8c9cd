package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.BackendRequest;
import dev.bulkhead.api.v1beta1.DatabaseRequest;
import dev.bulkhead.api.v1beta1.ObjectStoreRequest;
import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.api.v1beta1.ReachableAs;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.identity.TenantNamespace;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tenant the planners can rely on: names are safe, references resolved, amounts parsed, bounds kept.
 *
 * @param name metadata.name
 * @param identity what every derived name comes from
 * @param generation metadata.generation
 * @param spec as written, with defaults
 * @param profile name of the profile
 * @param rules the profile's spec
 * @param namespaces in the order of the spec, each with its share of the total
 * @param people who may do what today; those whose {@code until} has passed are gone
 * @param network checked destinations and resolved peers
 * @param database where the schema is or will be
 * @param objectStore where the bucket is or will be
 * @param suspended whether workloads are to be stopped and logins closed
 */
public record ValidTenant(
        String name,
        TenantIdentity identity,
        long generation,
        TenantSpec spec,
        String profile,
        TenantProfileSpec rules,
        List<Share> namespaces,
        TenantSpec.People people,
        ValidNetwork network,
        ValidDatabase database,
        ValidObjectStore objectStore,
        boolean suspended) {

    /** Makes lists immutable. */
    public ValidTenant {
        namespaces = List.copyOf(namespaces);
    }

    /**
     * The same, less whom a newer spec no longer names in that role and whose last day has passed: what a spec takes away
     * counts also when the rest of it is wrong.
     */
    public ValidTenant keepingOnly(TenantSpec.@Nullable People asked, LocalDate today) {
        return with(PeopleRules.still(people, asked, today), suspended);
    }

    /**
     * The same, less the ways and deliveries, by name, that a newer spec no longer asks for, and with the platform's
     * components where its profile says they run by now.
     *
     * @param now the profile's spec; null where there is none any more
     */
    public ValidTenant keepingOnlyWays(TenantSpec asked, @Nullable TenantProfileSpec now) {
        return new ValidTenant(
                name,
                identity,
                generation,
                spec,
                profile,
                rules,
                namespaces,
                people,
                NetworkRules.still(network, asked.network(), now == null ? rules.peers() : now.peers()),
                database.deliveredTo(Deliveries.still(
                        database.request().deliverTo(), asked.database().deliverTo())),
                objectStore.keepingOnly(asked.objectStore()),
                suspended);
    }

    /** The same, suspended also where a newer spec says so. */
    public ValidTenant suspendedWhen(boolean asked) {
        return with(people, suspended || asked);
    }

    private ValidTenant with(TenantSpec.People now, boolean closed) {
        return new ValidTenant(
                name,
                identity,
                generation,
                spec,
                profile,
                rules,
                namespaces,
                now,
                network,
                database,
                objectStore,
                closed);
    }

    /** Where its data lies or will lie. */
    public Placement placement() {
        Map<PartId, Place> places = new EnumMap<>(PartId.class);
        backends().forEach((part, backend) -> places.put(part, backend.place()));
        return new Placement(places);
    }

    /** The servers and stores it lives on, by part. */
    public Map<PartId, ValidBackend> backends() {
        return Map.of(PartId.database, database, PartId.objectStore, objectStore);
    }

    /** The namespace of that name of the spec; it is known to be there. */
    public TenantNamespace namespace(String shortName) {
        return new TenantNamespace(name, shortName);
    }

    /** A tenant's place on a server or store, whatever its kind. */
    public sealed interface ValidBackend {
        /** What the spec asks for there. */
        BackendRequest request();

        /** Where the data lies or will lie. */
        Place place();

        /** How pods reach it; null means no pod can. */
        @Nullable
        ReachableAs reachableAs();
    }

    /**
     * One namespace and its share of the tenant's total.
     *
     * @param cpu millicores
     * @param memory bytes
     * @param storage bytes
     * @param ephemeralStorage bytes
     * @param pods pods
     * @param devices how many of each that the tenant was given any of
     */
    public record Share(
            TenantNamespace namespace,
            long cpu,
            long memory,
            long storage,
            long ephemeralStorage,
            int pods,
            Map<String, Long> devices) {
        /** Makes the map immutable. */
        public Share {
            devices = Map.copyOf(devices);
        }
    }

    /**
     * What may enter and leave.
     *
     * @param ingress platform peers by name
     * @param egress destinations given as addresses, the platform's own ranges already cut out
     * @param deniedHosts destinations given as host names, denied until there is an egress gateway
     */
    public record ValidNetwork(
            Map<String, TenantProfileSpec.Peer> ingress, List<Egress> egress, List<String> deniedHosts) {
        /** Makes collections immutable. */
        public ValidNetwork {
            egress = List.copyOf(egress);
            deniedHosts = List.copyOf(deniedHosts);
        }
    }

    /**
     * A destination outside the cluster.
     *
     * @param name of the spec
     * @param blocks ranges in canonical CIDR notation, each with the ranges cut out of it
     * @param ports as in the spec
     */
    public record Egress(String name, List<Block> blocks, List<dev.bulkhead.api.v1beta1.NetworkRequest.Port> ports) {
        /** Makes lists immutable. */
        public Egress {
            blocks = List.copyOf(blocks);
            ports = List.copyOf(ports);
        }
    }

    /** A range and what is cut out of it, in canonical CIDR notation, sorted. */
    public record Block(String cidr, List<String> except) {
        /** Makes the list immutable. */
        public Block {
            except = List.copyOf(except);
        }
    }

    /**
     * The tenant's place in PostgreSQL.
     *
     * @param server DatabaseServer
     * @param database one of its databases
     * @param host as pods reach it
     * @param port as pods reach it
     * @param tls whether logins use TLS with full verification
     * @param caCertificate PEM, when the server's chain is private
     * @param reachableAs for the network policy; null means no pod can reach it
     * @param statementTimeout what logins start with
     */
    public record ValidDatabase(
            DatabaseRequest request,
            String server,
            String database,
            String host,
            int port,
            boolean tls,
            @Nullable String caCertificate,
            @Nullable ReachableAs reachableAs,
            Duration statementTimeout)
            implements ValidBackend {
        @Override
        public Place place() {
            return new Place(server, database);
        }

        private ValidDatabase deliveredTo(List<String> namespaces) {
            DatabaseRequest less = new DatabaseRequest(
                    request.mode(),
                    request.server(),
                    request.connectionLimit(),
                    request.statementTimeout(),
                    request.extensions(),
                    namespaces);
            return new ValidDatabase(
                    less, server, database, host, port, tls, caCertificate, reachableAs, statementTimeout);
        }
    }

    /**
     * The tenant's place in the object store.
     *
     * @param store ObjectStore
     * @param driver who speaks to it
     * @param endpoint as pods reach it
     * @param region to sign for
     * @param tls whether the endpoint is HTTPS
     * @param caCertificate PEM, when the server's chain is private
     * @param reachableAs for the network policy; null means no pod can reach it
     * @param noncurrentDays how long overwritten versions stay
     * @param quotaBytes size limit, or null
     */
    public record ValidObjectStore(
            ObjectStoreRequest request,
            String store,
            ObjectStoreSpec.Driver driver,
            String endpoint,
            String region,
            boolean tls,
            @Nullable String caCertificate,
            @Nullable ReachableAs reachableAs,
            int noncurrentDays,
            @Nullable Long quotaBytes)
            implements ValidBackend {
        @Override
        public Place place() {
            return Place.on(store);
        }

        private ValidObjectStore keepingOnly(ObjectStoreRequest asked) {
            ObjectStoreRequest less = new ObjectStoreRequest(
                    request.store(),
                    request.quota(),
                    request.noncurrentVersions(),
                    Deliveries.still(request.deliverTo(), asked.deliverTo()),
                    request.cors().stream().filter(asked.cors()::contains).toList());
            return new ValidObjectStore(
                    less, store, driver, endpoint, region, tls, caCertificate, reachableAs, noncurrentDays, quotaBytes);
        }
    }
}
