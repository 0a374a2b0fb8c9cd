package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shutting a tenant out waits for nothing else: whatever a superuser made of its roles, and whoever holds them. */
@ParameterizedClass
@EnumSource(TestServer.class)
class ClosingIT {
    private final TestServer server;
    private final Fixture db;

    ClosingIT(TestServer server) {
        this.server = server;
        this.db = new Fixture(server);
    }

    @AfterEach
    void close() {
        db.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER ROLE $x_l1 REPLICATION",
                "ALTER ROLE $x_l1 CREATEDB CREATEROLE CONNECTION LIMIT 400",
                "ALTER ROLE $x_bkp BYPASSRLS",
                "ALTER ROLE $x_app SUPERUSER",
                "GRANT $x_app TO pg_monitor",
                "ALTER SCHEMA $x OWNER TO $x_l1",
            })
    void what_only_a_superuser_can_take_back_keeps_nobody_logged_in(String drift) throws SQLException {
        TenantIdentity tenant = db.created();
        try (Connection session = db.tenant(tenant)) {
            server.asSuperuser(db.database, drift.replace("$x", tenant.schema()));

            db.applier.close(db.closed(tenant));

            boolean superusersOnly = server == TestServer.OLDEST && drift.endsWith(" REPLICATION");
            assertThat(ways(tenant)).isEqualTo(superusersOnly ? "log-in, no connection" : "no log-in, no connection");
            assertThat(session.isValid(1)).isFalse();
        }
    }

    @Test
    void a_role_that_nobody_lets_the_operator_into_loses_its_connection_all_the_same() throws SQLException {
        TenantIdentity tenant = db.created();
        String owner = RoleKind.OWNER.of(tenant);
        server.asSuperuser(db.database, "ALTER ROLE " + owner + " RENAME TO x_" + owner);
        try {
            Outcome closing = db.applier.close(db.closed(tenant));

            assertThat(closing.done()).isFalse();
            assertThat(ways(tenant)).endsWith("no connection");
        } finally {
            server.asSuperuser(db.database, "ALTER ROLE x_" + owner + " RENAME TO " + owner);
        }
        assertThat(db.applier.close(db.closed(tenant)).done()).isTrue();
        assertThat(ways(tenant)).isEqualTo("no log-in, no connection");
    }

    @Test
    void closing_once_more_writes_nothing() throws SQLException {
        TenantIdentity tenant = db.created();
        assertThat(db.applier.close(db.closed(tenant)).done()).isTrue();
        String before = db.transactions();

        assertThat(db.applier.close(db.closed(tenant))).isEqualTo(Outcome.unchanged());

        assertThat(db.transactions()).isEqualTo(before);
    }

    private String ways(TenantIdentity tenant) throws SQLException {
        List<String> ways = server.query(
                db.database,
                "SELECT CASE WHEN rolcanlogin THEN 'log-in' ELSE 'no log-in' END || ', ' || CASE WHEN EXISTS (SELECT FROM"
                        + " pg_database d, aclexplode(d.datacl) a WHERE d.datname = current_database() AND a.grantee = r.oid"
                        + " AND a.privilege_type = 'CONNECT') THEN 'connection' ELSE 'no connection' END FROM pg_roles r"
                        + " WHERE rolname = '" + RoleKind.LOGIN1.of(tenant) + "'");
        return ways.getFirst();
    }
}
