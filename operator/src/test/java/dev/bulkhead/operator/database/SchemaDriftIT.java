package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever somebody changes, the next sweep names the tenant, and applying it again brings it back. */
@ParameterizedClass
@EnumSource(TestServer.class)
class SchemaDriftIT {
    private static final Map<TestServer, Fixture> FIXTURES = new EnumMap<>(TestServer.class);

    private final Fixture db;
    private final TenantIdentity neighbour;

    SchemaDriftIT(TestServer server) {
        this.db = FIXTURES.computeIfAbsent(server, Fixture::new);
        this.neighbour = db.created();
    }

    @AfterAll
    static void close() {
        FIXTURES.values().forEach(Fixture::close);
        FIXTURES.clear();
    }

    /** Who changed something. */
    enum Who {
        TENANT,
        OPERATOR,
        OWNER,
        OWNER_OF_THIRD,
        ADMINISTRATOR,
        SUPERUSER
    }

    /** What was changed; {@code $x} is the tenant's schema, {@code $y} a neighbour's, {@code $d} the database. */
    @SuppressWarnings("ImmutableEnumChecker") // the arrays are never handed out
    enum Drift {
        TABLE_TO_PUBLIC(Who.TENANT, "CREATE TABLE t (id int)", "GRANT SELECT ON t TO PUBLIC"),
        TABLE_TO_NEIGHBOUR(Who.TENANT, "CREATE TABLE t (id int)", "GRANT INSERT ON t TO $y_app WITH GRANT OPTION"),
        VIEW_TO_PUBLIC(Who.TENANT, "CREATE VIEW v AS SELECT 1 AS one", "GRANT SELECT ON v TO PUBLIC"),
        COLUMN_TO_PUBLIC(Who.TENANT, "CREATE TABLE t (id int, name text)", "GRANT SELECT (name) ON t TO PUBLIC"),
        SEQUENCE_TO_PUBLIC(Who.TENANT, "CREATE SEQUENCE s", "GRANT USAGE ON SEQUENCE s TO PUBLIC"),
        FUNCTION_TO_PUBLIC(
                Who.TENANT,
                "CREATE TYPE \"a \"\"type\" AS (x int)",
                "CREATE FUNCTION \"odd \"\"name; --\"(a \"a \"\"type\", VARIADIC b int[]) RETURNS int LANGUAGE sql AS"
                        + " 'SELECT 1'",
                "GRANT EXECUTE ON FUNCTION \"odd \"\"name; --\" TO PUBLIC"),
        PROCEDURE_AND_AGGREGATE_TO_PUBLIC(
                Who.TENANT,
                "CREATE PROCEDURE p(IN a int, OUT b int) LANGUAGE sql AS 'SELECT 1'",
                "CREATE AGGREGATE sums(int) (SFUNC = int4pl, STYPE = int)",
                "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA $x TO PUBLIC"),
        TYPE_TO_PUBLIC(
                Who.TENANT,
                "CREATE TYPE r AS RANGE (SUBTYPE = int4)",
                "CREATE DOMAIN d AS int",
                "GRANT USAGE ON TYPE r TO PUBLIC",
                "GRANT USAGE ON TYPE d TO $y_app"),
        LARGE_OBJECT_TO_PUBLIC(Who.TENANT, "SELECT lo_create(0)", """
                DO $$ DECLARE l oid; BEGIN
                  FOR l IN SELECT oid FROM pg_largeobject_metadata WHERE lomowner = (
                    SELECT oid FROM pg_roles WHERE rolname = current_user)
                  LOOP EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO PUBLIC', l); END LOOP; END $$"""),
        SCHEMA_TO_PUBLIC(Who.SUPERUSER, "GRANT USAGE ON SCHEMA $x TO PUBLIC"),
        SCHEMA_TO_NEIGHBOUR(Who.SUPERUSER, "GRANT CREATE, USAGE ON SCHEMA $x TO $y_app WITH GRANT OPTION"),
        SCHEMA_RIGHT_GONE(Who.SUPERUSER, "REVOKE CREATE ON SCHEMA $x FROM $x_app"),
        SCHEMA_OWNED_BY_TENANT(Who.SUPERUSER, "ALTER SCHEMA $x OWNER TO $x_app"),
        SCHEMA_OWNED_BY_OPERATOR(Who.SUPERUSER, "ALTER SCHEMA $x OWNER TO $o", "GRANT USAGE ON SCHEMA $x TO PUBLIC"),
        SCHEMA_WITHOUT_MARK(Who.SUPERUSER, "COMMENT ON SCHEMA $x IS NULL"),
        ROLE_WITHOUT_MARK(Who.SUPERUSER, "COMMENT ON ROLE $x_app IS 'the application'"),
        MEMBERSHIP_OF_NEIGHBOUR(Who.OWNER, "GRANT $x_app TO $z_l1"),
        MEMBERSHIP_IN_NEIGHBOUR(Who.OWNER_OF_THIRD, "GRANT $z_app TO $x_l1"),
        MEMBERSHIP_IN_OWNER(Who.ADMINISTRATOR, "GRANT $x_own TO $z_l1"),
        MEMBERSHIP_WITH_ADMIN(Who.OWNER, "GRANT $x_app TO $x_l1 WITH ADMIN OPTION"),
        MEMBERSHIP_GONE(Who.OWNER, "REVOKE $x_app FROM $x_l1"),
        OPERATOR_LET_IN(Who.ADMINISTRATOR, "GRANT $x_own TO $o"),
        OWN_SETTING_CHANGED(Who.TENANT, "SET ROLE NONE", "ALTER ROLE $x_l1 IN DATABASE $d SET search_path = public"),
        OWN_SETTINGS_RESET(Who.TENANT, "SET ROLE NONE", "ALTER ROLE $x_l1 IN DATABASE $d RESET ALL"),
        OWN_SETTING_ADDED(
                Who.TENANT,
                "SET ROLE NONE",
                "ALTER ROLE $x_l1 IN DATABASE $d SET work_mem = '1GB'",
                "ALTER ROLE $x_l1 SET work_mem = '1GB'",
                "ALTER ROLE $x_l1 IN DATABASE postgres SET statement_timeout = 0"),
        DEFAULTS_DROPPED(Who.TENANT, "CREATE TABLE t (id int)", "DROP OWNED BY $x_app"),
        DEFAULTS_OPENED(
                Who.TENANT,
                "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
                "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
                "ALTER DEFAULT PRIVILEGES IN SCHEMA $x GRANT USAGE ON TYPES TO $y_app"),
        DEFAULTS_DROPPED_AND_FUNCTION_MADE(
                Who.TENANT,
                "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
                "ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO PUBLIC",
                "CREATE TYPE open AS ENUM ('a')",
                "CREATE FUNCTION open() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
        LOGIN_DISABLED(Who.SUPERUSER, "ALTER ROLE $x_l1 NOLOGIN"),
        SECOND_LOGIN_ENABLED(Who.SUPERUSER, "ALTER ROLE $x_l2 LOGIN PASSWORD 'x'"),
        CONNECTION_LIMIT(Who.SUPERUSER, "ALTER ROLE $x_l1 CONNECTION LIMIT 1000"),
        INHERITS(Who.SUPERUSER, "ALTER ROLE $x_l1 INHERIT"),
        CREATES_ROLES(Who.SUPERUSER, "ALTER ROLE $x_app CREATEROLE"),
        EXPIRES(Who.SUPERUSER, "ALTER ROLE $x_l1 VALID UNTIL '2020-01-01'"),
        CONNECT_GONE(Who.SUPERUSER, "REVOKE CONNECT ON DATABASE $d FROM $x_l1"),
        TEMPORARY_GIVEN(Who.SUPERUSER, "GRANT TEMPORARY ON DATABASE $d TO $x_app"),
        EXTENSIONS_GIVEN(Who.OPERATOR, "GRANT USAGE ON SCHEMA ext TO $x_app"),
        ROLE_DROPPED(Who.SUPERUSER, "DROP OWNED BY $x_l2", "DROP ROLE $x_l2"),
        PASSWORD_CHANGED(Who.TENANT, "SET ROLE NONE", "ALTER ROLE $x_l1 PASSWORD 'mine'"),
        PASSWORD_REMOVED(Who.TENANT, "SET ROLE NONE", "ALTER ROLE $x_l1 PASSWORD NULL");

        private final Who who;
        private final String[] statements;

        Drift(Who who, String... statements) {
            this.who = who;
            this.statements = statements;
        }
    }

    @ParameterizedTest
    @EnumSource(Drift.class)
    void drift_is_found_and_mended(Drift drift) throws SQLException {
        TenantIdentity tenant = db.created();
        TenantIdentity third = db.created();
        change(drift, tenant, third);

        Set<TenantIdentity> drifted = db.sweep(tenant, neighbour).drifted();
        Outcome mended = db.applier.apply(db.open(tenant), db.login(tenant));
        Set<TenantIdentity> driftedAfter = db.sweep(tenant, neighbour, third).drifted();

        assertThat(drifted).containsExactly(tenant);
        assertThat(mended)
                .isInstanceOfSatisfying(
                        Outcome.Done.class, done -> assertThat(done.writes()).isPositive());
        assertThat(driftedAfter).isEmpty();
        db.traffic.reset();
        assertThat(db.applier.apply(db.open(tenant), db.login(tenant))).isEqualTo(Outcome.unchanged());
        assertThat(db.traffic.total()).isZero();
        db.tenant(tenant).close();
    }

    /** What a superuser did and the operator may not undo: it says so, and mends the rest. */
    @SuppressWarnings("ImmutableEnumChecker") // the arrays are never handed out
    enum BeyondReach {
        FOREIGN_OWNER("CREATE TABLE $x.theirs (id int)"),
        FOREIGN_FUNCTION("CREATE FUNCTION $x.theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
        SCHEMA_OWNED_BY_SUPERUSER("ALTER SCHEMA $x OWNER TO postgres"),
        RIGHT_ELSEWHERE("CREATE TABLE public.theirs_$x (id int)", "GRANT SELECT ON public.theirs_$x TO $x_app"),
        RIGHT_ON_SCHEMA("CREATE SCHEMA theirs_$x", "GRANT USAGE ON SCHEMA theirs_$x TO $x_app"),
        RIGHT_ON_DATABASE("GRANT CONNECT ON DATABASE postgres TO $x_l1"),
        OWNS_ELSEWHERE("CREATE TABLE public.owned_$x (id int)", "ALTER TABLE public.owned_$x OWNER TO $x_app");

        private final String[] statements;

        BeyondReach(String... statements) {
            this.statements = statements;
        }
    }

    @ParameterizedTest
    @EnumSource(BeyondReach.class)
    void what_only_a_superuser_can_mend_is_named_and_the_rest_is_mended(BeyondReach change) throws SQLException {
        TenantIdentity tenant = db.created();
        for (String statement : change.statements) {
            db.server.asSuperuser(db.database, filled(statement, tenant, tenant));
        }
        db.server.asSuperuser(
                db.database, "ALTER ROLE " + SchemaPlan.RoleKind.LOGIN1.of(tenant) + " CONNECTION LIMIT 99");

        Set<TenantIdentity> drifted = db.sweep(tenant, neighbour).drifted();
        Outcome first = db.applier.apply(db.open(tenant), db.login(tenant));
        db.traffic.reset();
        Outcome second = db.applier.apply(db.open(tenant), db.login(tenant));

        assertThat(db.traffic.of(SqlTraffic.TrafficKind.COMMIT)).isZero();
        assertThat(drifted).containsExactly(tenant);
        assertThat(first).isInstanceOfSatisfying(Outcome.Blocked.class, blocked -> {
            assertThat(blocked.finding().reason()).isIn(Reason.DatabaseRefused, Reason.Conflict);
            assertThat(blocked.finding().text()).contains(tenant.suffix());
        });
        assertThat(second).isEqualTo(first);
        assertThat(db.server.query(
                        db.database,
                        "SELECT rolconnlimit FROM pg_roles WHERE rolname = '" + SchemaPlan.RoleKind.LOGIN1.of(tenant)
                                + "'"))
                .containsExactly("10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_app", "_l1", "_own"})
    void a_role_that_became_a_superuser_is_lowered_or_named(String role) throws SQLException {
        TenantIdentity tenant = db.created();
        String raised = tenant.schema() + role;
        db.server.asSuperuser(db.database, "ALTER ROLE " + raised + " SUPERUSER");

        assertThat(db.sweep(tenant, neighbour).drifted()).containsExactly(tenant);
        Outcome outcome = db.applier.apply(db.open(tenant), db.login(tenant));

        // Only who is in the role already can lower it: nobody is let into a superuser, and into the owner role nobody
        // stays.
        boolean lowered = db.server == TestServer.NEWEST && !role.equals("_own");
        assertThat(outcome.done()).isEqualTo(lowered);
        assertThat(outcome.findings().toString().contains(raised)).isNotEqualTo(lowered);
        assertThat(db.server.query(db.database, "SELECT rolsuper FROM pg_roles WHERE rolname = '" + raised + "'"))
                .containsExactly(lowered ? "f" : "t");
        db.server.asSuperuser(db.database, "ALTER ROLE " + raised + " NOSUPERUSER");
    }

    @Test
    void more_than_one_look_takes_in_is_taken_back_all_the_same() throws SQLException {
        TenantIdentity tenant = db.created();
        try (Connection connection = db.tenant(tenant)) {
            TestServer.execute(connection, """
                    DO $$ BEGIN FOR i IN 1..1100 LOOP
                      EXECUTE format('CREATE VIEW v%s AS SELECT 1 AS one', i);
                      EXECUTE format('GRANT SELECT ON v%s TO PUBLIC', i);
                    END LOOP; END $$""");
        }
        assertThat(db.sweep(tenant).drifted()).containsExactly(tenant);

        Outcome mended = db.applier.apply(db.open(tenant), db.login(tenant));

        assertThat(mended).isEqualTo(new Outcome.Done(1100));
        assertThat(db.sweep(tenant).drifted()).isEmpty();
    }

    /** Any tenant can give any other a right on its own, as often as it likes: that is nothing the other has done. */
    @Test
    void a_right_that_a_tenant_of_another_database_gives_changes_nothing_and_ownership_there_is_named()
            throws SQLException {
        try (Fixture elsewhere = new Fixture(db.server)) {
            TenantIdentity stranger = elsewhere.created();
            TenantIdentity tenant = db.created();
            String app = SchemaPlan.RoleKind.APP.of(tenant);
            on(elsewhere.tenant(stranger), "CREATE TABLE bait (id int)", "GRANT ALL ON bait TO " + app);
            on(db.tenant(neighbour), "CREATE TABLE bait (id int)", "GRANT SELECT ON bait TO " + app);

            assertThat(db.sweep(tenant).drifted()).isEmpty();

            db.server.asSuperuser(
                    elsewhere.database,
                    "CREATE TABLE public.theirs (id int)",
                    "ALTER TABLE public.theirs OWNER TO " + app);
            assertThat(db.sweep(tenant).drifted()).containsExactly(tenant);
            assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text())
                            .contains(app, "owns something in database " + elsewhere.database));
            db.applier.apply(db.open(neighbour), db.login(neighbour));
        }
    }

    @Test
    void a_tenant_that_made_too_much_is_named_alone_and_everybody_else_is_looked_at_as_ever() throws SQLException {
        TenantIdentity flooder = db.created();
        TenantIdentity tenant = db.created();
        on(
                db.tenant(flooder),
                "SET statement_timeout = 0",
                "SELECT count(lo_create(0)) FROM generate_series(1, " + (CatalogueQueries.MOST_THINGS + 1) + ")");
        on(db.tenant(tenant), "CREATE TABLE t (id int)", "GRANT SELECT ON t TO PUBLIC");

        assertThat(db.sweep(flooder, tenant, neighbour).drifted()).containsExactlyInAnyOrder(flooder, tenant);

        Outcome named = db.applier.apply(db.open(flooder), db.login(flooder));
        assertThat(named.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.reason()).isEqualTo(Reason.CatalogueTooLarge);
            assertThat(finding.text()).contains(flooder.schema(), db.database, "50000");
        });
        assertThat(db.applier.apply(db.open(tenant), db.login(tenant))).isEqualTo(new Outcome.Done(1));
        assertThat(db.created()).isNotNull();
        ServerProbe.Observation seen = new ServerProbe(db.connection).observe(List.of(db.database));
        assertThat(seen.outcome().done()).isTrue();
        assertThat(seen.flaw()).isNull();
        assertThat(db.applier.close(db.closed(flooder)).done()).isTrue();
    }

    private void change(Drift drift, TenantIdentity tenant, TenantIdentity third) throws SQLException {
        String[] statements = Arrays.stream(drift.statements)
                .map(statement -> filled(statement, tenant, third))
                .toArray(String[]::new);
        switch (drift.who) {
            case TENANT -> on(db.tenant(tenant), statements);
            case OPERATOR -> on(db.server.login(db.database, Fixture.operator()), statements);
            case OWNER -> db.asOwner(tenant, statements);
            case OWNER_OF_THIRD -> db.asOwner(third, statements);
            case ADMINISTRATOR -> db.asAdministrator(tenant, statements);
            case SUPERUSER -> on(db.server.superuser(db.database), statements);
        }
    }

    private static void on(Connection connection, String... statements) throws SQLException {
        try (connection) {
            TestServer.execute(connection, statements);
        }
    }

    private String filled(String statement, TenantIdentity tenant, TenantIdentity third) {
        return statement
                .replace("$x", tenant.schema())
                .replace("$y", neighbour.schema())
                .replace("$z", third.schema())
                .replace("$d", db.database)
                .replace("$o", TestServer.OPERATOR);
    }
}
