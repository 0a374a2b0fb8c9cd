package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.DatabaseRequest;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.validate.ValidTenant;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** One database of one server with an operator on it, and tenants as a test needs them. */
final class Fixture implements AutoCloseable {
    static final DatabaseTimeouts TIMEOUTS = new DatabaseTimeouts(
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(3),
            Duration.ofMillis(500),
            Duration.ofMillis(200));

    final TestServer server;
    final String database;
    final Traffic traffic = new Traffic();
    final DatabaseServerConnection connection;
    DatabaseApplier applier;
    DatabaseSweep sweep;
    private final Map<TenantIdentity, char[]> passwords = new ConcurrentHashMap<>();

    Fixture(TestServer server) {
        this(server, server.newDatabase(), server.port(), operator());
    }

    Fixture(TestServer server, String database, int port, Credential operator) {
        this.server = server;
        this.database = database;
        this.connection = new DatabaseServerConnection(
                new DatabaseAddress("127.0.0.1", port, false, null),
                operator,
                TIMEOUTS,
                InstantSource.system(),
                traffic);
        this.applier = new DatabaseApplier(connection, new SecureRandom());
        this.sweep = new DatabaseSweep(connection, applier);
    }

    static Credential operator() {
        return new Credential(TestServer.OPERATOR, TestServer.OPERATOR_PASSWORD.clone());
    }

    /** As after a restart of the operator: nothing is remembered. */
    void restart() {
        applier = new DatabaseApplier(connection, new SecureRandom());
        sweep = new DatabaseSweep(connection, applier);
    }

    static TenantIdentity newIdentity() {
        return new TenantIdentity(UUID.randomUUID().toString());
    }

    SchemaPlan open(TenantIdentity identity) {
        return plan(identity, database, false);
    }

    SchemaPlan closed(TenantIdentity identity) {
        return plan(identity, database, true);
    }

    static SchemaPlan plan(TenantIdentity identity, String database, boolean closed, String... extensions) {
        return DatabasePlanner.plan(identity, requested(database, extensions), closed);
    }

    static ValidTenant.ValidDatabase requested(String database, String... extensions) {
        DatabaseRequest request =
                new DatabaseRequest(DatabaseRequest.Mode.Schema, null, 10, "PT30S", List.of(extensions), List.of());
        return new ValidTenant.ValidDatabase(
                request, "main", database, "127.0.0.1", 5432, false, null, null, Duration.ofSeconds(30));
    }

    /** The tenant's own login; the password is made once, as the key ring would. */
    Credential login(TenantIdentity identity) {
        char[] password = passwords.computeIfAbsent(
                identity, _ -> UUID.randomUUID().toString().toCharArray());
        return new Credential(SchemaPlan.RoleKind.LOGIN1.of(identity), password.clone());
    }

    /** A connection as the tenant's application opens it. */
    Connection tenant(TenantIdentity identity) throws SQLException {
        return server.login(database, login(identity));
    }

    /** A tenant that is in place. */
    TenantIdentity created() {
        TenantIdentity identity = newIdentity();
        var outcome = applier.apply(open(identity), login(identity));
        if (!outcome.done()) {
            throw new IllegalStateException(outcome.toString());
        }
        return identity;
    }

    /** Does something by the right of who administers the tenant's roles but the owner role. */
    void asOwner(TenantIdentity tenant, String... statements) throws SQLException {
        inTurn(tenant, true, statements);
    }

    /** Does something by the right of who administers the tenant's owner role. */
    void asAdministrator(TenantIdentity tenant, String... statements) throws SQLException {
        inTurn(tenant, false, statements);
    }

    private void inTurn(TenantIdentity tenant, boolean owner, String... statements) throws SQLException {
        try (Connection operator = server.login(database, operator())) {
            operator.setAutoCommit(false);
            if (server == TestServer.NEWEST) {
                TestServer.execute(operator, owner ? become(tenant) : new String[] {administrator(tenant)});
            }
            TestServer.execute(operator, statements);
            if (server == TestServer.NEWEST && owner) {
                TestServer.execute(
                        operator,
                        administrator(tenant),
                        "REVOKE " + SchemaPlan.RoleKind.OWNER.of(tenant) + " FROM SESSION_USER");
            }
            operator.commit();
        }
    }

    /** How the operator becomes a tenant's owner role, on a server that has administrators. */
    static String[] become(TenantIdentity tenant) {
        String owner = SchemaPlan.RoleKind.OWNER.of(tenant);
        return new String[] {
            administrator(tenant),
            "GRANT " + owner + " TO SESSION_USER WITH INHERIT FALSE, SET TRUE",
            "SET LOCAL ROLE " + owner
        };
    }

    private static String administrator(TenantIdentity tenant) {
        return "SET LOCAL ROLE " + Administration.prefix(TestServer.OPERATOR)
                + tenant.suffix().charAt(0);
    }

    DatabaseSweep.SweepResult sweep(TenantIdentity... identities) {
        Map<TenantIdentity, SchemaPlan> plans = new ConcurrentHashMap<>();
        for (TenantIdentity identity : identities) {
            plans.put(identity, open(identity));
        }
        return sweep.sweep(database, plans, this::login);
    }

    /** The next transaction number of the server: it moves with every transaction that writes, and with no other. */
    String transactions() throws SQLException {
        return server.query(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())")
                .getFirst();
    }

    @Override
    public void close() {
        connection.close();
    }
}
