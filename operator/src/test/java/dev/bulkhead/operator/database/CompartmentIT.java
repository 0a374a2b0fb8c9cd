package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a tenant is given, and what it can reach with it. */
@ParameterizedClass
@EnumSource(TestServer.class)
class CompartmentIT {
    private static final String DENIED = "42501";

    private final Fixture db;

    CompartmentIT(TestServer server) {
        this.db = new Fixture(server);
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void a_new_tenant_gets_its_compartment_and_a_second_apply_says_nothing_to_the_server() {
        TenantIdentity tenant = Fixture.newIdentity();

        Outcome first = db.applier.apply(db.open(tenant), db.login(tenant));
        db.traffic.reset();
        Outcome second = db.applier.apply(db.open(tenant), db.login(tenant));

        assertThat(first)
                .isInstanceOfSatisfying(
                        Outcome.Done.class, done -> assertThat(done.writes()).isPositive());
        assertThat(second).isEqualTo(Outcome.unchanged());
        assertThat(db.traffic.total()).isZero();
    }

    @Test
    void after_a_restart_the_operator_looks_and_writes_nothing() throws SQLException {
        TenantIdentity tenant = db.created();
        db.restart();
        db.traffic.reset();
        String before = db.transactions();

        Outcome again = db.applier.apply(db.open(tenant).asMade(), db.login(tenant));

        assertThat(again).isEqualTo(Outcome.unchanged());
        assertThat(db.traffic.of(SqlTraffic.TrafficKind.LOOK)).isEqualTo(1);
        assertThat(db.traffic.of(SqlTraffic.TrafficKind.WRITE)).isZero();
        assertThat(db.transactions()).isEqualTo(before);
    }

    @Test
    void a_tenant_of_whom_nobody_knows_that_he_was_made_is_found_as_made() {
        TenantIdentity tenant = db.created();
        db.restart();
        db.traffic.reset();

        assertThat(db.applier.apply(db.open(tenant), db.login(tenant))).isEqualTo(Outcome.unchanged());
        assertThat(db.traffic.of(SqlTraffic.TrafficKind.WRITE)).isZero();
    }

    @Test
    void the_sweep_finds_nothing_and_writes_nothing() throws SQLException {
        TenantIdentity one = db.created();
        TenantIdentity other = db.created();
        String before = db.transactions();

        DatabaseSweep.SweepResult result = db.sweep(one, other);

        assertThat(result).isEqualTo(new DatabaseSweep.SweepResult(null, Set.of(), Set.of()));
        assertThat(db.transactions()).isEqualTo(before);
    }

    @Test
    void a_tenant_works_at_home_and_cannot_reach_another() throws SQLException {
        TenantIdentity home = db.created();
        TenantIdentity other = db.created();
        try (Connection neighbour = db.tenant(other)) {
            TestServer.execute(
                    neighbour,
                    "CREATE TABLE canary (id int)",
                    "CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42'",
                    "CREATE TYPE mood AS ENUM ('good')");
        }

        try (Connection tenant = db.tenant(home)) {
            TestServer.execute(
                    tenant,
                    "CREATE TABLE canary (id int)",
                    "CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42'",
                    "INSERT INTO canary VALUES (1)");
            assertThat(TestServer.query(tenant, "SELECT count(*) FROM " + home.schema() + ".canary"))
                    .containsExactly("1");
            assertThat(TestServer.query(tenant, "SELECT " + home.schema() + ".answer()"))
                    .containsExactly("42");
            assertDenied(() -> TestServer.query(tenant, "SELECT count(*) FROM " + other.schema() + ".canary"));
            assertDenied(() -> TestServer.query(tenant, "SELECT " + other.schema() + ".answer()"));
            assertDenied(() -> TestServer.execute(tenant, "CREATE TABLE " + other.schema() + ".mine (id int)"));
            assertDenied(() -> TestServer.execute(tenant, "SET ROLE " + RoleKind.APP.of(other)));
            assertDenied(() -> TestServer.execute(tenant, "SET ROLE " + RoleKind.OWNER.of(home)));
            assertDenied(() -> TestServer.execute(tenant, "CREATE TEMPORARY TABLE scratch (id int)"));
            assertDenied(() -> TestServer.execute(tenant, "CREATE TABLE public.mine (id int)"));
            assertDenied(() -> TestServer.execute(tenant, "CREATE SCHEMA mine"));
            assertDenied(() -> TestServer.query(tenant, "SELECT id FROM bulkhead.writer"));
        }
    }

    @Test
    void what_a_tenant_makes_belongs_to_the_application_role_and_is_closed_to_everybody_but_the_backup()
            throws SQLException {
        TenantIdentity tenant = db.created();
        try (Connection connection = db.tenant(tenant)) {
            TestServer.execute(
                    connection,
                    "CREATE TABLE orders (id serial)",
                    "CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42'");
        }

        assertThat(db.server.query(
                        db.database,
                        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = '" + tenant.schema() + "'"))
                .containsExactly(RoleKind.APP.of(tenant));
        assertThat(db.server.query(
                        db.database,
                        "SELECT has_table_privilege('" + RoleKind.BACKUP.of(tenant) + "', '" + tenant.schema()
                                + ".orders', 'SELECT')"))
                .containsExactly("t");
        assertThat(db.server.query(
                        db.database,
                        "SELECT proacl::text FROM pg_proc WHERE pronamespace = '" + tenant.schema()
                                + "'::regnamespace"))
                .containsExactly("{" + RoleKind.APP.of(tenant) + "=X/" + RoleKind.APP.of(tenant) + "}");
    }

    @Test
    void granting_use_of_its_schema_to_everybody_has_no_effect() throws SQLException {
        TenantIdentity tenant = db.created();

        try (Connection connection = db.tenant(tenant)) {
            TestServer.execute(connection, "GRANT USAGE ON SCHEMA " + tenant.schema() + " TO PUBLIC");
        }

        assertThat(db.sweep(tenant).drifted()).isEmpty();
    }

    @Test
    void sessions_start_with_the_settings_of_the_plan() throws SQLException {
        TenantIdentity tenant = db.created();

        try (Connection connection = db.tenant(tenant)) {
            assertThat(TestServer.query(connection, "SELECT current_user")).containsExactly(RoleKind.APP.of(tenant));
            assertThat(TestServer.query(connection, "SHOW search_path")).containsExactly(tenant.schema());
            assertThat(TestServer.query(connection, "SHOW statement_timeout")).containsExactly("30s");
            assertThat(TestServer.query(connection, "SHOW idle_in_transaction_session_timeout"))
                    .containsExactly("1min");
        }
    }

    @Test
    void the_password_never_travels_only_its_verifier_does() throws SQLException {
        TenantIdentity tenant = db.created();
        String password = new String(db.login(tenant).password());

        assertThat(db.server.query(
                        db.database,
                        "SELECT rolpassword FROM pg_authid WHERE rolname = '" + RoleKind.LOGIN1.of(tenant) + "'"))
                .singleElement()
                .asString()
                .startsWith("SCRAM-SHA-256$4096:")
                .doesNotContain(password);
        assertThat(db.server.query("postgres", "SELECT query FROM pg_stat_statements WHERE query ILIKE '%PASSWORD%'"))
                .noneMatch(query -> query.contains(password));
    }

    @Test
    void extensions_are_the_operators_and_only_for_tenants_that_asked() throws SQLException {
        TenantIdentity without = db.created();
        TenantIdentity with = Fixture.newIdentity();
        SchemaPlan plan = Fixture.plan(with, db.database, false, "pgcrypto");

        assertThat(db.applier.apply(plan, db.login(with)).done()).isTrue();

        try (Connection tenant = db.tenant(with)) {
            assertThat(TestServer.query(tenant, "SELECT length(digest('x', 'sha256'))"))
                    .containsExactly("32");
            assertDenied(() -> TestServer.execute(tenant, "CREATE TABLE ext.mine (id int)"));
        }
        try (Connection tenant = db.tenant(without)) {
            assertDenied(() -> TestServer.query(tenant, "SELECT ext.digest('x', 'sha256')"));
        }
        db.restart();
        db.traffic.reset();
        assertThat(db.applier.apply(plan, db.login(with))).isEqualTo(Outcome.unchanged());
        assertThat(db.traffic.of(SqlTraffic.TrafficKind.WRITE)).isZero();
    }

    @Test
    void an_extension_the_operator_may_not_install_blocks_the_tenant_that_asks_and_says_what_to_do() {
        TenantIdentity tenant = Fixture.newIdentity();

        Outcome untrusted = db.applier.apply(Fixture.plan(tenant, db.database, false, "pageinspect"), db.login(tenant));
        Outcome unknown = db.applier.apply(Fixture.plan(tenant, db.database, false, "no_such_thing"), db.login(tenant));

        assertThat(untrusted).isInstanceOfSatisfying(Outcome.Blocked.class, blocked -> {
            assertThat(blocked.finding().reason()).isEqualTo(Reason.ExtensionNotAllowed);
            assertThat(blocked.finding().text()).contains("pageinspect", "superuser");
        });
        assertThat(unknown)
                .isInstanceOfSatisfying(
                        Outcome.Blocked.class,
                        blocked -> assertThat(blocked.finding().text()).contains("no_such_thing", "not on the server"));
    }

    @Test
    void closing_ends_sessions_and_log_in_and_keeps_the_data_and_opening_brings_it_back() throws SQLException {
        TenantIdentity tenant = db.created();
        Outcome closed;
        try (Connection session = db.tenant(tenant)) {
            TestServer.execute(session, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)");

            closed = db.applier.apply(db.closed(tenant), db.login(tenant));

            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> TestServer.query(session, "SELECT id FROM kept"));
        }
        assertThat(closed.done()).isTrue();
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> db.tenant(tenant).close())
                .withMessageContaining("not permitted to log in");
        db.traffic.reset();
        assertThat(db.applier.close(db.closed(tenant))).isEqualTo(Outcome.unchanged());
        assertThat(db.traffic.total()).isZero();

        assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).done()).isTrue();
        try (Connection session = db.tenant(tenant)) {
            assertThat(TestServer.query(session, "SELECT id FROM kept")).containsExactly("7");
        }
    }

    @Test
    void closing_a_tenant_that_never_was_creates_nothing() throws SQLException {
        TenantIdentity tenant = Fixture.newIdentity();
        db.created();
        String before = db.transactions();

        assertThat(db.applier.close(db.closed(tenant))).isEqualTo(Outcome.unchanged());

        assertThat(db.transactions()).isEqualTo(before);
    }

    @Test
    void a_new_password_replaces_the_old_one() throws SQLException {
        TenantIdentity tenant = db.created();
        Credential old = db.login(tenant);
        Credential fresh = new Credential(old.username(), "another-password".toCharArray());

        assertThat(db.applier.apply(db.open(tenant), fresh)).isEqualTo(new Outcome.Done(1));

        db.server.login(db.database, fresh).close();
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> db.server.login(db.database, old).close())
                .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo("28P01"));
    }

    @Test
    void a_credential_for_another_login_is_a_mistake_of_the_caller() {
        TenantIdentity tenant = Fixture.newIdentity();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> db.applier.apply(db.open(tenant), db.login(Fixture.newIdentity())));
    }

    private static void assertDenied(ThrowingCallable attempt) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(attempt)
                .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo(DENIED));
    }
}
