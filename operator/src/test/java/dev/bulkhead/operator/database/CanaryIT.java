package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table that the probes of other tenants must not reach. */
@ParameterizedClass
@EnumSource(TestServer.class)
class CanaryIT {
    private final Fixture db;

    CanaryIT(TestServer server) {
        this.db = new Fixture(server);
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void every_tenant_has_one_with_one_row_that_is_the_tenants_own() throws SQLException {
        TenantIdentity tenant = db.created();

        try (Connection connection = db.tenant(tenant)) {
            assertThat(TestServer.query(connection, "SELECT id FROM bulkhead_canary"))
                    .containsExactly("1");
        }
        assertThat(owner(tenant)).containsExactly(RoleKind.APP.of(tenant));
        assertThat(db.sweep(tenant).drifted()).isEmpty();
    }

    @Test
    void one_that_was_dropped_comes_back() throws SQLException {
        TenantIdentity tenant = db.created();
        try (Connection connection = db.tenant(tenant)) {
            TestServer.execute(connection, "DROP TABLE bulkhead_canary");
        }

        assertThat(db.sweep(tenant).drifted()).containsExactly(tenant);
        assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).done()).isTrue();

        assertThat(owner(tenant)).containsExactly(RoleKind.APP.of(tenant));
        assertThat(db.sweep(tenant).drifted()).isEmpty();
    }

    /** The operator neither reads what a tenant put there nor stumbles over it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE VIEW bulkhead_canary AS SELECT 1 / 0 AS id",
                "CREATE TYPE bulkhead_canary AS ENUM ('x')",
                "CREATE DOMAIN bulkhead_canary AS int",
                "CREATE TABLE bulkhead_canary (other text)"
            })
    void what_a_tenant_puts_in_its_place_is_left_alone(String replacement) throws SQLException {
        TenantIdentity tenant = db.created();
        try (Connection connection = db.tenant(tenant)) {
            TestServer.execute(connection, "DROP TABLE bulkhead_canary", replacement);
        }

        assertThat(db.sweep(tenant).drifted()).isEmpty();
        db.restart();
        assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).done()).isTrue();
    }

    @Test
    void a_tenant_that_holds_the_name_cannot_keep_its_drift() throws SQLException {
        TenantIdentity tenant = db.created();
        try (Connection connection = db.tenant(tenant)) {
            TestServer.execute(connection, "DROP TABLE bulkhead_canary");
            connection.setAutoCommit(false);
            TestServer.execute(
                    connection, "SET idle_in_transaction_session_timeout = 0", "CREATE TABLE bulkhead_canary (id int)");
            db.server.asSuperuser(db.database, "ALTER ROLE " + RoleKind.LOGIN1.of(tenant) + " CONNECTION LIMIT 99");
            db.sweep(tenant);

            assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).done())
                    .isTrue();
        }
        assertThat(db.sweep(tenant).drifted()).isEmpty();
    }

    private List<String> owner(TenantIdentity tenant) throws SQLException {
        return db.server.query(
                db.database,
                "SELECT tableowner FROM pg_tables WHERE tablename = 'bulkhead_canary' AND schemaname = '"
                        + tenant.schema() + "'");
    }
}
