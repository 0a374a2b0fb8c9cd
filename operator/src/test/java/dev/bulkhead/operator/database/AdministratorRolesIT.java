package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The roles between the operator and its tenants, which PostgreSQL 16 brought. */
@ParameterizedClass
@EnumSource(value = TestServer.class, names = "NEWEST")
class AdministratorRolesIT {
    private final TestServer server;
    private final Fixture db;

    AdministratorRolesIT(TestServer server) {
        this.server = server;
        this.db = new Fixture(server);
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void who_administers_can_log_in_nowhere_and_reaches_no_other_tenant() throws SQLException {
        TenantIdentity tenant = db.created();
        TenantIdentity other = db.created();
        String between = Administration.prefix(TestServer.OPERATOR) + "%";

        assertThat(server.query(db.database, "SELECT count(*) FROM pg_roles WHERE rolname LIKE '" + between + "'"))
                .containsExactly("32");
        assertThat(server.query(
                        db.database,
                        "SELECT rolname FROM pg_roles WHERE rolcreaterole AND (rolcanlogin OR rolinherit OR rolsuper OR"
                                + " rolcreatedb OR rolreplication OR rolbypassrls) AND (rolname LIKE '" + between
                                + "' OR rolname LIKE 't\\_%')"))
                .isEmpty();
        for (String forbidden : List.of(
                "ALTER ROLE " + RoleKind.LOGIN1.of(other) + " PASSWORD NULL",
                "GRANT " + RoleKind.APP.of(other) + " TO " + RoleKind.LOGIN1.of(tenant),
                "ALTER ROLE " + RoleKind.OWNER.of(tenant) + " SUPERUSER",
                "GRANT pg_read_all_data TO " + RoleKind.LOGIN1.of(tenant),
                "CREATE SCHEMA elsewhere",
                "GRANT USAGE ON SCHEMA " + other.schema() + " TO " + RoleKind.APP.of(tenant))) {
            assertThatExceptionOfType(SQLException.class)
                    .as(forbidden)
                    .isThrownBy(() -> db.asOwner(tenant, forbidden))
                    .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
        }
    }

    @Test
    void a_role_of_an_administrators_name_that_is_somebody_elses_is_a_conflict() throws SQLException {
        String taken = Administration.prefix(TestServer.OPERATOR) + "a";
        db.created();
        server.asSuperuser(db.database, "COMMENT ON ROLE " + taken + " IS 'mine'");
        try (Fixture fresh = new Fixture(server)) {
            TenantIdentity tenant = Fixture.newIdentity();

            Outcome outcome = fresh.applier.apply(fresh.open(tenant), fresh.login(tenant));

            assertThat(outcome.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.reason()).isEqualTo(Reason.Conflict);
                assertThat(finding.subject()).contains(taken);
            });
        } finally {
            server.asSuperuser(db.database, "COMMENT ON ROLE " + taken + " IS 'bulkhead:v1:operator'");
        }
    }

    @Test
    void an_administrator_that_somebody_opened_is_shut_again() throws SQLException {
        TenantIdentity tenant = db.created();
        String opened = Administration.prefix(TestServer.OPERATOR) + "b";
        server.asSuperuser(db.database, "ALTER ROLE " + opened + " LOGIN INHERIT PASSWORD 'x'");

        db.sweep(tenant);

        assertThat(server.query(
                        db.database,
                        "SELECT concat(rolcanlogin, rolinherit, rolcreaterole) FROM pg_roles WHERE rolname = '" + opened
                                + "'"))
                .containsExactly("fft");
    }

    @Test
    void an_administrator_whose_mark_is_lost_is_marked_again() throws SQLException {
        TenantIdentity tenant = db.created();
        String unmarked = Administration.prefix(TestServer.OPERATOR) + "c";
        server.asSuperuser(db.database, "COMMENT ON ROLE " + unmarked + " IS NULL");

        assertThat(db.sweep(tenant).trouble()).isNull();

        assertThat(server.query(
                        db.database,
                        "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = '" + unmarked + "'"))
                .containsExactly(DatabasePreparation.MARK);
    }

    @Test
    void an_administrator_that_became_a_superuser_is_told_and_nobodys_drift_is_missed() throws SQLException {
        TenantIdentity tenant = db.created();
        String raised = Administration.prefix(TestServer.OPERATOR) + "d";
        server.asSuperuser(
                db.database,
                "ALTER ROLE " + raised + " SUPERUSER",
                "ALTER ROLE " + RoleKind.LOGIN1.of(tenant) + " CONNECTION LIMIT 1000");
        try (Fixture fresh = new Fixture(server)) {
            assertThat(db.sweep(tenant).drifted()).containsExactly(tenant);
            TenantIdentity another = Fixture.newIdentity();

            Outcome outcome = fresh.applier.apply(fresh.open(another), fresh.login(another));

            assertThat(outcome.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.subject()).isEqualTo("role " + raised);
                assertThat(finding.message()).contains("ALTER ROLE \"" + raised + "\" NOSUPERUSER");
            });
        } finally {
            server.asSuperuser(db.database, "ALTER ROLE " + raised + " NOSUPERUSER");
        }
        assertThat(db.sweep(tenant).trouble()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"$x_l1 SUPERUSER REPLICATION BYPASSRLS", "$x_l2 SUPERUSER LOGIN", "$x_app SUPERUSER"})
    void a_tenants_role_that_became_a_superuser_is_lowered(String drift) throws SQLException {
        TenantIdentity tenant = db.created();
        server.asSuperuser(db.database, "ALTER ROLE " + drift.replace("$x", tenant.schema()));

        assertThat(db.sweep(tenant).drifted()).containsExactly(tenant);
        assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).done()).isTrue();

        assertThat(db.sweep(tenant).drifted()).isEmpty();
        assertThat(server.query(db.database, "SELECT rolname FROM pg_roles WHERE rolsuper AND rolname LIKE 't\\_%'"))
                .isEmpty();
    }
}
