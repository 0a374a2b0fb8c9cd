package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.BackendStatus.Load;
import dev.bulkhead.operator.backend.OpenBackend.Marked;
import dev.bulkhead.operator.database.ObservedSchema.Namespace;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out what a server is, what it lets the operator do, and how full its databases are. */
public final class ServerProbe {
    /** Who may connect to the server's other databases. */
    public static final String SUPERUSER_REVOKES = "superuserRevokes";

    /** Whether tenants can write large objects, which belong to no schema. */
    public static final String LARGE_OBJECTS_REVOKED = "largeObjectsRevoked";

    /** Whether PUBLIC has lost its rights on schema public. */
    public static final String PUBLIC_SCHEMA_REVOKED = "publicSchemaRevoked";

    /** Whether drift of passwords is seen by reading instead of by trying. */
    public static final String PASSWORD_READABLE = "passwordReadable";

    /** Whether the server asks for passwords at all. */
    public static final String PASSWORDS_ASKED = "passwordsAsked";

    /** Whether the connection is encrypted and the server verified. */
    public static final String TLS = "tls";

    private final DatabaseServerConnection server;

    /** A probe of that server. */
    public ServerProbe(DatabaseServerConnection server) {
        this.server = server;
    }

    /**
     * What was found.
     *
     * @param outcome Done when every database is ready for tenants; else what is in the way
     * @param flaw why no tenant should live there although it answers; null where there is no reason
     * @param server which it is; null when it could not be asked
     * @param version as the server tells it; null when it could not be asked
     * @param capabilities sorted by name; a capability is there only where every database has it
     * @param load tenants per database, in the order asked for
     * @param marked what carries the mark of a tenant
     */
    public record Observation(
            Outcome outcome,
            @Nullable Finding flaw,
            DatabaseFacts.@Nullable RunningServer server,
            @Nullable String version,
            List<Capability> capabilities,
            List<Load> load,
            List<Marked> marked) {
        /** Makes lists immutable. */
        public Observation {
            capabilities = List.copyOf(capabilities);
            load = List.copyOf(load);
            marked = List.copyOf(marked);
        }

        /** Tenants on the server. */
        public int tenants() {
            return load.stream().mapToInt(Load::tenants).sum();
        }
    }

    /**
     * Prepares what is not prepared yet, and looks at every database; not at what tenants made, of which there can be any
     * number.
     *
     * @param databases names, as in the DatabaseServer's spec
     */
    public Observation observe(List<String> databases) {
        List<DatabaseFacts> facts = new ArrayList<>();
        List<Load> load = new ArrayList<>();
        List<Marked> marked = new ArrayList<>();
        Outcome outcome = Outcome.unchanged();
        CatalogueScope scope = CatalogueScope.all().onlyNames();
        for (String name : databases) {
            try {
                SharedDatabase database = server.database(name);
                CatalogueSnapshot snapshot = database.look(scope);
                if (!DatabasePreparation.of(snapshot.facts()).complete()) {
                    Outcome obstacle = database.prepare(snapshot.facts());
                    boolean flaw = snapshot.facts().settings().readOnly();
                    outcome = obstacle != null && !flaw && outcome.done() ? obstacle : outcome;
                    snapshot = database.look(scope);
                }
                facts.add(snapshot.facts());
                Set<String> tenants = snapshot.marked();
                load.add(new Load(name, tenants.size()));
                tenants.forEach(suffix -> marked.add(new Marked(suffix, TenantIdentity.schema(suffix), name)));
            } catch (SQLException failure) {
                outcome = outcome.done() ? SqlTrouble.outcome(failure, server.address(), name) : outcome;
            }
        }
        if (facts.isEmpty()) {
            return new Observation(outcome, null, null, null, List.of(), List.of(), List.of());
        }
        DatabaseFacts first = facts.getFirst();
        return new Observation(
                outcome, flaw(first), first.server(), first.version(), capabilities(facts), load, marked);
    }

    /** What is so in the whole server, and is no reason to look away from the tenants that live there. */
    private static @Nullable Finding flaw(DatabaseFacts facts) {
        String subject = "database " + facts.database();
        DatabaseFacts.WriteSettings settings = facts.settings();
        if (settings.readOnly()) {
            return new Finding(Reason.DatabaseUnavailable, subject, SqlTrouble.IS_READ_ONLY);
        }
        if (settings.preparedTransactions() > 0) {
            return new Finding(
                    Reason.Unprepared,
                    subject,
                    "max_prepared_transactions is " + settings.preparedTransactions()
                            + ": a tenant's prepared transaction keeps its locks when its session has ended, and others wait for"
                            + " them. As a superuser: ALTER SYSTEM SET max_prepared_transactions = 0, then restart the"
                            + " server; those in pg_prepared_xacts have to be rolled back before.");
        }
        return null;
    }

    private List<Capability> capabilities(List<DatabaseFacts> facts) {
        DatabaseFacts first = facts.getFirst();
        return List.of(
                largeObjects(facts),
                capability(
                        PASSWORD_READABLE,
                        first.passwordsReadable(),
                        "pg_authid can be read",
                        "pg_authid cannot be read: a few passwords are tried with every sweep"),
                capability(
                        PASSWORDS_ASKED,
                        server.asksForPasswords(first.database()),
                        "the server asks for passwords",
                        "the server did not ask for a password by SCRAM: pg_hba.conf needs scram-sha-256 for tenants' logins"),
                publicSchema(facts),
                otherDatabases(facts),
                capability(
                        TLS,
                        first.tlsVersion() != null,
                        first.tlsVersion() + ", chain and host name verified",
                        "spec.tls is Disable: nothing is encrypted on the way"));
    }

    private static Capability largeObjects(List<DatabaseFacts> facts) {
        List<String> open = facts.stream()
                .filter(fact -> fact.largeObjectFunctions() > 0)
                .map(DatabaseFacts::database)
                .toList();
        return capability(
                LARGE_OBJECTS_REVOKED,
                open.isEmpty(),
                "PUBLIC may not call the functions that write large objects",
                "as a superuser in " + String.join(", ", open)
                        + ": REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea),"
                        + " lo_put(oid, bigint, bytea) FROM PUBLIC");
    }

    private static Capability publicSchema(List<DatabaseFacts> facts) {
        List<String> open = facts.stream()
                .filter(ServerProbe::publicSchemaOpen)
                .map(DatabaseFacts::database)
                .toList();
        return capability(
                PUBLIC_SCHEMA_REVOKED,
                open.isEmpty(),
                "PUBLIC has no right on schema public",
                "as its owner in " + String.join(", ", open) + ": REVOKE ALL ON SCHEMA public FROM PUBLIC");
    }

    private static Capability otherDatabases(List<DatabaseFacts> facts) {
        List<String> managed = facts.stream().map(DatabaseFacts::database).toList();
        List<String> open = facts.getFirst().otherOpenDatabases().stream()
                .filter(name -> !managed.contains(name))
                .toList();
        return capability(
                SUPERUSER_REVOKES,
                open.isEmpty(),
                "no other database lets PUBLIC connect",
                "as a superuser: REVOKE CONNECT, TEMPORARY ON DATABASE " + String.join(", ", open) + " FROM PUBLIC");
    }

    private static boolean publicSchemaOpen(DatabaseFacts facts) {
        Namespace schema = facts.schemas().get("public");
        return schema != null && schema.rights().stream().anyMatch(right -> right.grantee() == null);
    }

    private static Capability capability(String name, boolean available, String yes, String no) {
        return new Capability(name, available, available ? yes : no);
    }
}
