package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.backend.BackendKind;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** PostgreSQL servers, as DatabaseServers describe them. */
public final class DatabaseServers implements BackendKind<DatabaseServer, SchemaPlan> {
    private final ExternalCalls calls;
    private final TenantLogins logins;
    private final SecureRandom random = new SecureRandom();
    private final DatabaseClaims claims;

    /**
     * Reports every exchange to {@code calls}.
     *
     * @param logins for sweeps, where passwords can only be tried
     * @param all the DatabaseServers there are
     */
    public DatabaseServers(ExternalCalls calls, TenantLogins logins, Supplier<Stream<DatabaseServer>> all) {
        this.calls = calls;
        this.claims = new DatabaseClaims(all, Clock.systemUTC());
        this.logins = logins;
    }

    private record Address(DatabaseAddress server, List<String> databases) {}

    @Override
    public String kind() {
        return "DatabaseServer";
    }

    @Override
    public ExternalCalls.Backend metered() {
        return ExternalCalls.Backend.postgresql;
    }

    @Override
    public Reason unavailable() {
        return Reason.DatabaseUnavailable;
    }

    @Override
    public String adminSecret(DatabaseServer server) {
        return server.getSpec().adminSecret().name();
    }

    @Override
    public Set<String> secretKeys(DatabaseServer server) {
        return Set.of("username", "password");
    }

    @Override
    public Set<String> hosts(DatabaseServer server) {
        return Set.of(DatabaseAddress.of(server.getSpec()).toString());
    }

    @Override
    public String credential(TenantIdentity identity, Slot slot, KeyRing keys) {
        return SchemaPlan.RoleKind.login(slot).of(identity);
    }

    @Override
    public CredentialDelivery delivered() {
        return DatabaseSecret.CREDENTIAL;
    }

    @Override
    public List<String> deliverTo(TenantSpec spec) {
        return spec.database().deliverTo();
    }

    @Override
    public boolean holds(SchemaPlan plan) {
        return plan.made() && !plan.closed();
    }

    @Override
    public Object address(DatabaseServer server) {
        return new Address(
                DatabaseAddress.of(server.getSpec()), server.getSpec().databases());
    }

    @Override
    public BackendOpening<SchemaPlan> open(DatabaseServer server, Map<String, byte[]> account) {
        Credential login = Credential.of(
                new String(account.getOrDefault("username", new byte[0]), StandardCharsets.UTF_8),
                account.getOrDefault("password", new byte[0]));
        try {
            return new BackendOpening.Opened<>(new OpenDatabaseServer(
                    new DatabaseServerConnection(
                            DatabaseAddress.of(server.getSpec()),
                            login,
                            DatabaseTimeouts.defaults(),
                            Clock.systemUTC(),
                            new CountedSqlTraffic(calls)),
                    server.getSpec().databases(),
                    found -> claims.rival(server, found),
                    logins,
                    random));
        } finally {
            login.clear();
        }
    }
}
