package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tenants that want the operator to work for them, or not to work at all. */
@ParameterizedClass
@EnumSource(TestServer.class)
class AttackIT {
    private final Fixture db;

    AttackIT(TestServer server) {
        this.db = new Fixture(server);
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void the_operator_never_runs_what_a_tenant_made() throws SQLException {
        TenantIdentity attacker = db.created();
        TenantIdentity victim = db.created();
        // What a trap can do in the operator's session: whatever the operator can, and so it goes the operator's way.
        boolean administrators = db.server == TestServer.NEWEST;
        String grant = (administrators ? String.join("; ", Fixture.become(victim)) + "; " : "") + "GRANT "
                + RoleKind.APP.of(victim) + " TO " + RoleKind.LOGIN1.of(attacker);
        try (Connection tenant = db.tenant(attacker)) {
            TestServer.execute(tenant, trap(grant));
            TestServer.execute(tenant, traps());
        }
        // Positive control: whoever has the operator's rights and does read the table springs the trap.
        try (Connection operator = db.server.login(db.database, Fixture.operator())) {
            operator.setAutoCommit(false);
            if (administrators) {
                TestServer.execute(operator, Fixture.become(attacker));
            }
            TestServer.execute(
                    operator,
                    "GRANT " + RoleKind.APP.of(attacker) + " TO SESSION_USER"
                            + (administrators ? " WITH INHERIT TRUE" : ""),
                    "SET LOCAL ROLE NONE",
                    "SELECT count(*) FROM " + attacker.schema() + ".orders");
            assertThat(TestServer.query(operator, membership(attacker, victim))).containsExactly("1");
            operator.rollback();
        }

        DatabaseSweep.SweepResult swept = db.sweep(attacker, victim);
        Outcome mended = db.applier.apply(db.open(attacker), db.login(attacker));
        db.restart();
        db.applier.apply(db.open(attacker), db.login(attacker));
        db.applier.apply(db.open(victim), db.login(victim));
        new ServerProbe(db.connection).observe(List.of(db.database));
        Outcome closed = db.applier.close(db.closed(attacker));

        assertThat(swept.drifted()).containsExactly(attacker);
        assertThat(mended.done()).isTrue();
        assertThat(closed.done()).isTrue();
        assertThat(db.server.query(db.database, membership(attacker, victim))).containsExactly("0");
    }

    @Test
    void a_tenant_that_holds_a_lock_on_its_own_role_cannot_stall_its_closing() throws SQLException {
        TenantIdentity tenant = db.created();
        TenantIdentity neighbour = db.created();
        try (Connection stalling = db.tenant(tenant);
                Connection bystander = db.tenant(neighbour)) {
            stalling.setAutoCommit(false);
            TestServer.execute(
                    stalling,
                    "SET idle_in_transaction_session_timeout = 0",
                    "SET ROLE NONE",
                    "ALTER ROLE " + RoleKind.LOGIN1.of(tenant) + " PASSWORD 'held'",
                    "ALTER ROLE " + RoleKind.LOGIN1.of(tenant) + " SET work_mem = '1MB'");

            Outcome closed = db.applier.close(db.closed(tenant));

            assertThat(closed.done()).isTrue();
            assertThat(sessions(tenant)).isZero();
            assertThat(TestServer.query(bystander, "SELECT 1")).containsExactly("1");
        }
        assertThat(db.server.query(
                        db.database,
                        "SELECT rolcanlogin FROM pg_roles WHERE rolname = '" + RoleKind.LOGIN1.of(tenant) + "'"))
                .containsExactly("f");
    }

    @Test
    void a_tenant_that_holds_a_lock_on_its_own_role_cannot_keep_its_drift() throws SQLException {
        TenantIdentity tenant = db.created();
        try (Connection stalling = db.tenant(tenant)) {
            TestServer.execute(stalling, "CREATE TABLE t (id int)", "GRANT SELECT ON t TO PUBLIC");
            db.server.asSuperuser(db.database, "ALTER ROLE " + RoleKind.LOGIN1.of(tenant) + " CONNECTION LIMIT 99");
            stalling.setAutoCommit(false);
            TestServer.execute(
                    stalling, "SET ROLE NONE", "ALTER ROLE " + RoleKind.LOGIN1.of(tenant) + " PASSWORD 'held'");
            db.sweep(tenant);

            assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).done())
                    .isTrue();

            assertThat(sessions(tenant)).isZero();
        }
        assertThat(db.sweep(tenant).drifted()).isEmpty();
    }

    @Test
    void a_tenant_is_closed_even_when_the_operator_was_put_out_of_its_roles() throws SQLException {
        TenantIdentity tenant = db.created();
        try (Connection _ = db.tenant(tenant)) {
            db.asOwner(tenant, "REVOKE " + RoleKind.LOGIN1.of(tenant) + " FROM " + RoleKind.OWNER.of(tenant));

            assertThat(db.applier.close(db.closed(tenant)).done()).isTrue();

            assertThat(sessions(tenant)).isZero();
        }
    }

    /** A login that merely holds CONNECT locks the row of the database by granting what it cannot grant. */
    @Test
    void a_tenant_that_locks_the_row_of_the_database_cannot_keep_others_from_being_made_or_closed()
            throws SQLException {
        TenantIdentity attacker = db.created();
        TenantIdentity other = db.created();
        TenantIdentity fresh = Fixture.newIdentity();
        try (Connection stalling = db.tenant(attacker)) {
            stall(stalling, attacker);
            assertThat(db.applier.apply(db.open(fresh), db.login(fresh)).done()).isTrue();
            assertThat(sessions(attacker)).isZero();
        }
        try (Connection stalling = db.tenant(attacker)) {
            stall(stalling, attacker);
            assertThat(db.applier.close(db.closed(other)).done()).isTrue();
            assertThat(sessions(attacker)).isZero();
        }
    }

    @Test
    void a_session_that_is_no_tenants_is_never_ended_and_only_this_tenant_waits() throws SQLException {
        TenantIdentity tenant = db.created();
        TenantIdentity neighbour = db.created();
        db.server.asSuperuser(db.database, "ALTER ROLE " + RoleKind.LOGIN1.of(tenant) + " CONNECTION LIMIT 99");
        db.sweep(tenant, neighbour);
        try (Connection admin = db.server.superuser(db.database)) {
            admin.setAutoCommit(false);
            TestServer.execute(admin, "ALTER ROLE " + RoleKind.LOGIN1.of(tenant) + " CONNECTION LIMIT 98");

            Outcome waiting = db.applier.apply(db.open(tenant), db.login(tenant));
            TenantIdentity fresh = Fixture.newIdentity();
            Outcome unhindered = db.applier.apply(db.open(fresh), db.login(fresh));

            assertThat(waiting).isInstanceOf(Outcome.Waiting.class);
            assertThat(waiting.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.reason()).isEqualTo(Reason.DatabaseBusy));
            assertThat(unhindered.done()).isTrue();
            assertThat(TestServer.query(admin, "SELECT 1")).containsExactly("1");
            admin.rollback();
        }
        assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).done()).isTrue();
    }

    @Test
    void two_operators_at_once_do_not_write_at_once() throws SQLException {
        db.created();
        TenantIdentity tenant = Fixture.newIdentity();
        try (Connection other = db.server.login(db.database, Fixture.operator())) {
            other.setAutoCommit(false);
            TestServer.execute(other, "SELECT id FROM bulkhead.writer FOR UPDATE");

            CompletableFuture<Outcome> waiting =
                    CompletableFuture.supplyAsync(() -> db.applier.apply(db.open(tenant), db.login(tenant)));
            await().until(() -> !db.server
                    .query(db.database, "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                    .isEmpty());
            assertThat(db.server.query(
                            db.database, "SELECT rolname FROM pg_roles WHERE rolname LIKE '" + tenant.schema() + "%'"))
                    .isEmpty();
            Outcome outcome = waiting.join();

            assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
            other.rollback();
        }
        assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).done()).isTrue();
    }

    @Test
    void nobody_connects_to_the_databases_of_the_server_once_a_superuser_prepared_it() throws SQLException {
        Credential superuser = new Credential("postgres", "".toCharArray());
        try (Fixture asSuperuser = new Fixture(db.server, db.server.newDatabase(), db.server.port(), superuser)) {
            db.server.asSuperuser("postgres", "ALTER DATABASE " + asSuperuser.database + " OWNER TO postgres");
            try {
                TenantIdentity tenant = asSuperuser.created();

                for (String foreign : List.of("postgres", "template1")) {
                    assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(() -> asSuperuser
                                    .server
                                    .login(foreign, asSuperuser.login(tenant))
                                    .close())
                            .satisfies(
                                    refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
                }
                asSuperuser.tenant(tenant).close();
                try (Connection connection = asSuperuser.tenant(tenant)) {
                    assertThatExceptionOfType(SQLException.class)
                            .isThrownBy(() -> TestServer.execute(connection, "SELECT lo_create(0)"))
                            .satisfies(
                                    refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
                }
                assertThat(asSuperuser.sweep(tenant).drifted()).isEmpty();
            } finally {
                db.server.asSuperuser("postgres", "GRANT CONNECT, TEMPORARY ON DATABASE postgres, template1 TO PUBLIC");
            }
        }
    }

    private static void stall(Connection connection, TenantIdentity tenant) throws SQLException {
        connection.setAutoCommit(false);
        String database = connection.getCatalog();
        TestServer.execute(
                connection,
                "SET ROLE NONE",
                "GRANT CONNECT ON DATABASE " + database + " TO " + RoleKind.APP.of(tenant));
    }

    private static String trap(String grant) {
        return "CREATE FUNCTION trap() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$ BEGIN EXECUTE '" + grant
                + "'; RETURN true; EXCEPTION WHEN OTHERS THEN RETURN true; END $$";
    }

    /** Everything a reader of the catalogue might be made to evaluate. */
    private static String[] traps() {
        return new String[] {
            "GRANT EXECUTE ON FUNCTION trap() TO PUBLIC",
            "CREATE VIEW orders AS SELECT 1 AS id WHERE trap()",
            "GRANT SELECT ON orders TO PUBLIC",
            "CREATE TABLE policed (id int)",
            "ALTER TABLE policed ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE policed FORCE ROW LEVEL SECURITY",
            "CREATE POLICY sprung ON policed USING (trap())",
            "GRANT SELECT ON policed TO PUBLIC",
            "CREATE TABLE defaulted (id boolean DEFAULT trap())",
            "CREATE FUNCTION equal(name, text) RETURNS boolean LANGUAGE sql AS 'SELECT trap()'",
            "CREATE OPERATOR = (LEFTARG = name, RIGHTARG = text, FUNCTION = equal)",
            "CREATE FUNCTION aclexplode(aclitem[]) RETURNS boolean LANGUAGE sql AS 'SELECT trap()'",
            "CREATE VIEW pg_roles AS SELECT 1 AS id WHERE trap()",
            "CREATE DOMAIN checked AS int CHECK (trap())",
            "CREATE FUNCTION typed(a checked DEFAULT 1) RETURNS checked LANGUAGE sql AS 'SELECT 1'",
            "GRANT EXECUTE ON FUNCTION typed(checked) TO PUBLIC",
        };
    }

    private static String membership(TenantIdentity attacker, TenantIdentity victim) {
        return "SELECT count(*) FROM pg_auth_members WHERE roleid = '" + RoleKind.APP.of(victim)
                + "'::regrole AND member = '" + RoleKind.LOGIN1.of(attacker) + "'::regrole";
    }

    private int sessions(TenantIdentity tenant) throws SQLException {
        return db.server
                .query(db.database, "SELECT pid FROM pg_stat_activity WHERE usename LIKE '" + tenant.schema() + "%'")
                .size();
    }
}
