package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who administers tenants' roles: nothing the operator asks leads to all of them, and nobody has more rights than before. */
@ParameterizedClass
@EnumSource(TestServer.class)
class AdministratorsIT {
    private static final Path EARLIER = Path.of("src/test/resources/earlier-version/tenant.sql");

    /** Roles the operator can come to by SET ROLE, itself included: what PostgreSQL walks whenever it asks. */
    private static final String WALKED = """
            WITH RECURSIVE walked AS (
              SELECT oid FROM pg_roles WHERE rolname = '%s'
              UNION
              SELECT a.roleid FROM walked JOIN pg_auth_members a ON a.member = walked.oid
               WHERE coalesce((to_jsonb(a) ->> 'set_option')::boolean, true)
            ) SELECT count(*) FROM walked""".formatted(TestServer.OPERATOR);

    private static final String OPERATORS_MEMBERSHIPS = """
            SELECT r.rolname FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
             WHERE m.rolname = '%s' AND coalesce((to_jsonb(a) ->> 'set_option')::boolean, true)
               AND r.rolname LIKE 't\\_%%'""".formatted(TestServer.OPERATOR);

    private final TestServer server;
    private final Fixture db;

    AdministratorsIT(TestServer server) {
        this.server = server;
        this.db = new Fixture(server);
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void one_more_tenant_makes_no_walk_of_the_operator_longer() throws SQLException {
        db.created();
        List<String> few = server.query(db.database, WALKED);
        TenantIdentity second = db.created();
        db.created();
        db.applier.close(db.closed(second));

        assertThat(server.query(db.database, WALKED)).isEqualTo(few);
        assertThat(server.query(db.database, OPERATORS_MEMBERSHIPS)).isEmpty();
    }

    @Test
    void the_operators_login_is_no_more_than_it_was() throws SQLException {
        TenantIdentity tenant = db.created();
        try (Connection operator = server.login(db.database, Fixture.operator())) {
            for (RoleKind kind : RoleKind.values()) {
                refused(operator, "SET ROLE " + kind.of(tenant));
            }
            refused(operator, "CREATE DATABASE another");
            refused(operator, "ALTER ROLE CURRENT_USER SUPERUSER");
            refused(operator, "ALTER ROLE CURRENT_USER BYPASSRLS");
            refused(operator, "SET SESSION AUTHORIZATION " + RoleKind.LOGIN1.of(tenant));
            refused(operator, "SELECT * FROM " + tenant.schema() + "." + SchemaPlan.CANARY);
            if (server == TestServer.NEWEST) { // before 16 CREATEROLE may give every role but superusers'
                refused(operator, "GRANT pg_read_all_data TO " + RoleKind.LOGIN1.of(tenant));
            }
        }
    }

    @Test
    void tenants_of_an_earlier_version_move_over_by_themselves_however_often_the_operator_dies() throws Exception {
        db.created();
        for (int point = 1; ; point++) {
            TenantIdentity tenant = earlier();
            assertThat(db.sweep(tenant).drifted()).containsExactly(tenant);
            db.traffic.crashAt(point);
            boolean crashed = false;
            try {
                db.applier.apply(db.open(tenant), db.login(tenant));
            } catch (Traffic.OperatorDeath _) {
                crashed = true;
            }
            db.traffic.reset();
            db.restart();

            Outcome outcome = db.applier.apply(db.open(tenant), db.login(tenant));

            assertThat(outcome.done())
                    .as("after a crash at point %d: %s", point, outcome)
                    .isTrue();
            assertThat(server.query(db.database, OPERATORS_MEMBERSHIPS)).isEmpty();
            assertThat(db.sweep(tenant).drifted()).isEmpty();
            db.tenant(tenant).close();
            assertThat(db.applier.close(db.closed(tenant)).done()).isTrue();
            if (!crashed) {
                assertThat(point).isGreaterThan(4);
                return;
            }
        }
    }

    @Test
    void a_tenant_of_an_earlier_version_is_closed_with_its_sessions() throws Exception {
        db.created();
        TenantIdentity tenant = earlier();
        try (Connection session = db.tenant(tenant)) {
            session.setAutoCommit(false);
            TestServer.execute(
                    session,
                    "SET ROLE NONE",
                    "ALTER ROLE " + RoleKind.LOGIN1.of(tenant) + " SET work_mem = '1MB'",
                    "GRANT CONNECT ON DATABASE " + db.database + " TO " + RoleKind.APP.of(tenant));

            assertThat(db.applier.close(db.closed(tenant)).done()).isTrue();

            assertThat(session.isValid(2)).isFalse();
        }
        assertThat(server.query(db.database, OPERATORS_MEMBERSHIPS)).isEmpty();
    }

    /** A tenant as the operator made it before it had administrators. */
    private TenantIdentity earlier() throws SQLException, IOException {
        TenantIdentity tenant = Fixture.newIdentity();
        String sql = Files.readString(EARLIER)
                .replace("{schema}", tenant.schema())
                .replace("{hash}", tenant.hash())
                .replace("{database}", db.database)
                .replace("{verifier}", ScramVerifier.of(db.login(tenant).password(), new SecureRandom()));
        try (Connection operator = server.login(db.database, Fixture.operator())) {
            TestServer.execute(
                    operator, server == TestServer.NEWEST ? sql : sql.replace(" WITH INHERIT FALSE, SET TRUE", ""));
        }
        return tenant;
    }

    private static void refused(Connection connection, String statement) {
        assertThatExceptionOfType(SQLException.class)
                .as(statement)
                .isThrownBy(() -> TestServer.execute(connection, statement));
    }
}
