package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.DatabaseRequest;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.DatabaseServerSpec;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the tenant's schema lives. A tenant that was placed stays where it is. Otherwise the server named takes it, or
 * of all that fit and answer the one with the lowest load, at equal load the first by name; within a server the first
 * database with room.
 */
final class DatabaseRules {
    private static final String FIELD = "spec.database";
    private static final int MOST_CONNECTIONS = 500;
    private static final String OWN = "create one whose spec.tenant is its name";

    /** PostgreSQL counts the timeout in milliseconds, in 31 bits. */
    private static final Duration LONGEST_STATEMENT = Duration.ofMillis(Integer.MAX_VALUE);

    private DatabaseRules() {}

    /**
     * Who looks for a place.
     *
     * @param alone whether its profile demands a server of its own
     */
    record Applicant(String tenant, TenantSpec spec, boolean alone) {
        /** Whether that server is for it: its own, or anybody's where it needs none of its own. */
        boolean mayCome(DatabaseServer server) {
            String only = server.getSpec().tenant();
            return only == null ? !alone : only.equals(tenant);
        }
    }

    /** The place, or null with a finding that says why there is none. */
    static ValidTenant.@Nullable ValidDatabase check(
            Applicant applicant,
            List<DatabaseServer> servers,
            @Nullable Place home,
            Findings findings,
            Findings ofRules) {
        TenantSpec spec = applicant.spec();
        DatabaseRequest request = spec.database();
        Duration timeout = form(spec, findings);
        String place = home == null ? null : home.backend();
        if (place != null && request.server() != null && !place.equals(request.server())) {
            findings.add(
                    Reason.InvalidSpec,
                    FIELD + ".server",
                    "the tenant's data lives on " + place + " and does not move by itself; name that server or none");
            return null;
        }
        String named = place != null ? place : request.server();
        DatabaseServer server = named != null
                ? named(named, applicant, place != null, servers, findings, place != null ? ofRules : findings)
                : chosen(applicant, servers, findings);
        if (server == null) {
            return null;
        }
        String database = home != null && home.inside() != null ? home.inside() : withRoom(server);
        String name = server.getMetadata().getName();
        if (database == null) {
            findings.add(
                    Reason.NoCapacity,
                    FIELD + ".server",
                    "DatabaseServer " + name + " is full; add a database to it or name another server");
            return null;
        }
        if (!server.getSpec().databases().contains(database)) {
            findings.add(
                    Reason.UnknownServer,
                    "DatabaseServer " + name,
                    "no longer lists database " + Quoted.of(database)
                            + ", where this tenant's data lives; add it again");
            return null;
        }
        Ranges.check(server.getSpec().reachableAs(), "DatabaseServer " + name, findings);
        return timeout == null ? null : place(request, name, database, server.getSpec(), timeout);
    }

    private static ValidTenant.ValidDatabase place(
            DatabaseRequest request, String name, String database, DatabaseServerSpec server, Duration timeout) {
        return new ValidTenant.ValidDatabase(
                request,
                name,
                database,
                server.host(),
                server.port(),
                server.tls() == DatabaseServerSpec.TlsMode.VerifyFull,
                server.caCertificate(),
                server.reachableAs(),
                timeout);
    }

    /** The timeout, or null when it cannot be used. */
    private static @Nullable Duration form(TenantSpec spec, Findings findings) {
        DatabaseRequest request = spec.database();
        if (request.connectionLimit() < 1 || request.connectionLimit() > MOST_CONNECTIONS) {
            findings.add(
                    Reason.InvalidSpec,
                    FIELD + ".connectionLimit",
                    request.connectionLimit() + " must be 1 to " + MOST_CONNECTIONS);
        }
        findings.distinct(FIELD + ".extensions", request.extensions());
        for (String extension : request.extensions()) {
            if (!Text.extension(extension)) {
                findings.add(
                        Reason.InvalidSpec,
                        FIELD + ".extensions",
                        Quoted.of(extension)
                                + " must be the name of an extension: lower-case letters, digits, '_' and '-'");
            }
        }
        Deliveries.check(FIELD + ".deliverTo", request.deliverTo(), spec.namespaces(), findings);
        Periods.Length timeout = Periods.parse(request.statementTimeout());
        if (timeout == null || timeout.months() != 0 || timeout.exact().compareTo(LONGEST_STATEMENT) > 0) {
            findings.add(
                    Reason.InvalidSpec,
                    FIELD + ".statementTimeout",
                    Quoted.of(request.statementTimeout())
                            + " must be an ISO 8601 duration such as PT30S, longer than zero and at most P24D");
            return null;
        }
        return timeout.exact();
    }

    private static @Nullable DatabaseServer named(
            String name,
            Applicant applicant,
            boolean placed,
            List<DatabaseServer> servers,
            Findings findings,
            Findings ofRules) {
        TenantSpec spec = applicant.spec();
        DatabaseServer server = servers.stream()
                .filter(s -> name.equals(s.getMetadata().getName()))
                .findFirst()
                .orElse(null);
        if (server == null) {
            findings.add(
                    Reason.UnknownServer,
                    FIELD + ".server",
                    placed
                            ? "DatabaseServer " + Quoted.of(name) + ", where this tenant's data lives, is gone; create"
                                    + " it again"
                            : "there is no DatabaseServer " + Quoted.of(name) + "; create it or name another");
            return null;
        }
        if (server.getSpec().environment() != spec.environment()) {
            findings.add(
                    Reason.UnknownServer,
                    FIELD + ".server",
                    "DatabaseServer " + name + " serves " + server.getSpec().environment() + ", this tenant is "
                            + spec.environment() + "; the two never share a server");
            return null;
        }
        if (!applicant.mayCome(server)) {
            ofRules.add(
                    placed ? Reason.LooserThanProfile : Reason.UnknownServer,
                    FIELD + ".server",
                    server.getSpec().tenant() == null
                            ? "DatabaseServer " + name + " is for many tenants, and profile "
                                    + Quoted.of(spec.profile()) + " asks for one of this tenant's own: "
                                    + (placed ? "its data does not move by itself" : OWN)
                            : "DatabaseServer " + name + " is for another tenant alone: "
                                    + (placed ? "its data does not move by itself" : "name another server or none"));
        }
        List<String> missing = missing(spec, server);
        if (!missing.isEmpty()) {
            ofRules.add(
                    Reason.ExtensionNotAllowed,
                    FIELD + ".extensions",
                    "DatabaseServer " + name + " does not offer " + quoted(missing)
                            + "; add them to its spec.extensions or do without");
        }
        return server;
    }

    private static @Nullable DatabaseServer chosen(Applicant applicant, List<DatabaseServer> all, Findings findings) {
        TenantSpec spec = applicant.spec();
        List<DatabaseServer> servers = all.stream().filter(applicant::mayCome).toList();
        if (servers.isEmpty() && applicant.alone()) {
            findings.add(
                    Reason.UnknownServer,
                    FIELD,
                    "profile " + Quoted.of(spec.profile()) + " asks for a DatabaseServer of this tenant's own: " + OWN);
            return null;
        }
        List<DatabaseServer> ofEnvironment = servers.stream()
                .filter(s -> s.getSpec().environment() == spec.environment())
                .toList();
        if (ofEnvironment.isEmpty()) {
            findings.add(
                    Reason.UnknownServer,
                    FIELD,
                    "no DatabaseServer serves " + spec.environment() + "; create one with spec.environment: "
                            + spec.environment());
            return null;
        }
        List<DatabaseServer> offering =
                ofEnvironment.stream().filter(s -> missing(spec, s).isEmpty()).toList();
        if (offering.isEmpty()) {
            findings.add(
                    Reason.ExtensionNotAllowed,
                    FIELD + ".extensions",
                    "no DatabaseServer for " + spec.environment() + " offers all of "
                            + quoted(spec.database().extensions())
                            + "; add them to the spec.extensions of one");
            return null;
        }
        List<DatabaseServer> withRoom =
                offering.stream().filter(s -> withRoom(s) != null).toList();
        if (withRoom.isEmpty()) {
            findings.add(
                    Reason.NoCapacity,
                    FIELD,
                    "every DatabaseServer that fits is full (" + names(offering) + "); add a server or a database");
            return null;
        }
        DatabaseServer best = withRoom.stream()
                .filter(s -> Readiness.of(s.getStatus()) == Readiness.READY)
                .min(Comparator.comparingDouble(DatabaseRules::load)
                        .thenComparing(s -> s.getMetadata().getName()))
                .orElse(null);
        if (best == null) {
            findings.add(
                    Reason.DatabaseUnavailable,
                    FIELD,
                    "no DatabaseServer that fits is Ready (" + names(withRoom)
                            + "); the tenant goes on by itself when one is");
        }
        return best;
    }

    private static String quoted(List<String> names) {
        return names.stream().map(Quoted::of).collect(Collectors.joining(", "));
    }

    private static String names(List<DatabaseServer> servers) {
        return servers.stream().map(s -> s.getMetadata().getName()).sorted().collect(Collectors.joining(", "));
    }

    private static List<String> missing(TenantSpec spec, DatabaseServer server) {
        Set<String> offered = Set.copyOf(server.getSpec().extensions());
        return spec.database().extensions().stream()
                .filter(e -> !offered.contains(e))
                .distinct()
                .toList();
    }

    private static @Nullable String withRoom(DatabaseServer server) {
        return server.getSpec().databases().stream()
                .filter(d -> tenants(server, d) < server.getSpec().maxTenantsPerDatabase())
                .findFirst()
                .orElse(null);
    }

    private static int tenants(DatabaseServer server, String database) {
        BackendStatus status = server.getStatus();
        return status == null
                ? 0
                : status.load().stream()
                        .filter(l -> database.equals(l.name()))
                        .mapToInt(l -> Objects.requireNonNullElse(l.tenants(), 0))
                        .sum();
    }

    /** Tenants of what fits in. */
    private static double load(DatabaseServer server) {
        DatabaseServerSpec spec = server.getSpec();
        int tenants =
                spec.databases().stream().mapToInt(d -> tenants(server, d)).sum();
        return (double) tenants
                / ((double) spec.maxTenantsPerDatabase() * spec.databases().size());
    }
}
