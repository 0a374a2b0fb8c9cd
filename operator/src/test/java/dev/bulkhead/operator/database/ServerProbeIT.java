package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.BackendStatus.Load;
import dev.bulkhead.operator.backend.OpenBackend.Marked;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestServer.class)
class ServerProbeIT {
    private final TestServer server;

    ServerProbeIT(TestServer server) {
        this.server = server;
    }

    @Test
    void a_server_tells_version_load_and_what_it_cannot_do() {
        try (Fixture db = new Fixture(server)) {
            String second = server.newDatabase();
            TenantIdentity one = db.created();
            TenantIdentity other = db.created();

            ServerProbe.Observation seen = new ServerProbe(db.connection).observe(List.of(db.database, second));

            assertThat(seen.outcome().done()).isTrue();
            assertThat(seen.version()).startsWith(server == TestServer.NEWEST ? "18." : "15.");
            assertThat(seen.load()).containsExactly(new Load(db.database, 2), new Load(second, 0));
            assertThat(seen.tenants()).isEqualTo(2);
            assertThat(seen.marked())
                    .as("whoever has no plan any more is seen by his schema")
                    .containsExactlyInAnyOrder(
                            new Marked(one.suffix(), one.schema(), db.database),
                            new Marked(other.suffix(), other.schema(), db.database));
            assertThat(available(seen))
                    .containsEntry(ServerProbe.PUBLIC_SCHEMA_REVOKED, true)
                    .containsEntry(ServerProbe.PASSWORDS_ASKED, true)
                    .containsEntry(ServerProbe.PASSWORD_READABLE, false)
                    .containsEntry(ServerProbe.LARGE_OBJECTS_REVOKED, false)
                    .containsEntry(ServerProbe.SUPERUSER_REVOKES, false)
                    .containsEntry(ServerProbe.TLS, false);
            assertThat(seen.capabilities()).isSortedAccordingTo(Comparator.comparing(Capability::name));
        }
    }

    @Test
    void what_an_administrator_did_beforehand_counts() throws SQLException {
        try (Fixture db = new Fixture(server)) {
            server.asSuperuser(
                    db.database,
                    "REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea),"
                            + " lo_put(oid, bigint, bytea) FROM PUBLIC",
                    "GRANT SELECT ON pg_authid TO " + TestServer.OPERATOR);

            ServerProbe.Observation seen = new ServerProbe(db.connection).observe(List.of(db.database));

            assertThat(available(seen))
                    .containsEntry(ServerProbe.LARGE_OBJECTS_REVOKED, true)
                    .containsEntry(ServerProbe.PASSWORD_READABLE, true);
        }
    }

    @Test
    void where_passwords_can_be_read_the_sweep_sees_every_one_that_was_changed() throws SQLException {
        try (Fixture db = new Fixture(server)) {
            server.asSuperuser(db.database, "GRANT SELECT ON pg_authid TO " + TestServer.OPERATOR);
            var tenant = db.created();
            var other = db.created();
            assertThat(db.sweep(tenant, other).drifted()).isEmpty();
            db.traffic.reset();
            server.asSuperuser(db.database, "ALTER ROLE " + db.login(tenant).username() + " PASSWORD 'changed'");

            assertThat(db.sweep(tenant, other).drifted()).containsExactly(tenant);
            assertThat(db.applier.apply(db.open(tenant), db.login(tenant))).isEqualTo(new Outcome.Done(1));
            assertThat(db.sweep(tenant, other).drifted()).isEmpty();

            assertThat(db.traffic.of(SqlTraffic.TrafficKind.LOGIN)).isZero();
            db.tenant(tenant).close();
            db.restart();
            assertThat(db.applier.apply(db.open(tenant), db.login(tenant))).isEqualTo(Outcome.unchanged());
        }
    }

    @Test
    void a_server_that_is_set_to_read_only_says_so_and_is_ready_again_when_it_is_put_back() throws SQLException {
        try (Fixture db = new Fixture(server)) {
            db.created();
            ServerProbe probe = new ServerProbe(db.connection);
            server.asSuperuser(
                    db.database, "ALTER DATABASE " + db.database + " SET default_transaction_read_only = on");
            try (Fixture later = new Fixture(server, db.database, server.port(), Fixture.operator())) {
                ServerProbe.Observation seen = new ServerProbe(later.connection).observe(List.of(db.database));

                assertThat(seen.outcome().done()).isTrue();
                assertThat(seen.load()).containsExactly(new Load(db.database, 1));
                assertThat(seen.flaw())
                        .isNotNull()
                        .extracting(Finding::text)
                        .asString()
                        .contains("read-only", "the disk is full");
            } finally {
                server.asSuperuser(
                        "postgres", "ALTER DATABASE " + db.database + " RESET default_transaction_read_only");
            }
            assertThat(probe.observe(List.of(db.database)).flaw()).isNull();
        }
    }

    /** By whichever name somebody comes to it. */
    @Test
    void a_server_says_which_it_is() {
        try (Fixture one = new Fixture(server);
                Fixture other = new Fixture(server)) {
            DatabaseFacts.RunningServer seen = Objects.requireNonNull(new ServerProbe(one.connection)
                    .observe(List.of(one.database))
                    .server());

            assertThat(seen.system()).matches("[0-9]+");
            assertThat(new ServerProbe(other.connection)
                            .observe(List.of(other.database))
                            .server())
                    .isEqualTo(seen);
        }
    }

    @Test
    void a_server_that_keeps_prepared_transactions_is_no_place_for_tenants() throws Exception {
        try (EmbeddedPostgres postgres = TestServer.configured()
                        .setServerConfig("max_prepared_transactions", "10")
                        .start();
                Connection superuser = postgres.getPostgresDatabase().getConnection()) {
            TestServer.execute(superuser, "CREATE ROLE super LOGIN SUPERUSER", "CREATE DATABASE tenants OWNER super");
            DatabaseServerConnection connection = new DatabaseServerConnection(
                    new DatabaseAddress("127.0.0.1", postgres.getPort(), false, null),
                    new Credential("super", "x".toCharArray()),
                    Fixture.TIMEOUTS,
                    InstantSource.system(),
                    SqlTraffic.UNHEARD);

            ServerProbe.Observation seen = new ServerProbe(connection).observe(List.of("tenants"));
            connection.close();

            assertThat(seen.outcome().done()).isTrue();
            assertThat(seen.flaw())
                    .isNotNull()
                    .extracting(Finding::text)
                    .asString()
                    .contains("ALTER SYSTEM SET max_prepared_transactions = 0");
        }
    }

    @Test
    void a_server_that_is_down_is_told_as_such() {
        DatabaseServerConnection nowhere = new DatabaseServerConnection(
                new DatabaseAddress("127.0.0.1", 1, false, null),
                Fixture.operator(),
                Fixture.TIMEOUTS,
                InstantSource.system(),
                SqlTraffic.UNHEARD);

        ServerProbe.Observation seen = new ServerProbe(nowhere).observe(List.of("tenants"));

        assertThat(seen.version()).isNull();
        assertThat(seen.capabilities()).isEmpty();
        assertThat(seen.outcome().findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.reason()).isEqualTo(Reason.DatabaseUnavailable));
        nowhere.close();
    }

    private static Map<String, Boolean> available(ServerProbe.Observation seen) {
        return seen.capabilities().stream().collect(Collectors.toMap(Capability::name, Capability::available));
    }
}
