package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.probe.database.DatabaseLimits;
import dev.bulkhead.operator.probe.database.DatabaseLogin;
import dev.bulkhead.operator.probe.database.DatabaseProbe;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that are down, silent, full, or do not want the operator. */
@Timeout(60)
class TroubleIT {
    private static final TestServer SERVER = TestServer.NEWEST;

    @Test
    void a_server_that_is_down_when_the_operator_starts_makes_tenants_wait_and_serves_them_once_it_is_up()
            throws Exception {
        try (ServerWire wire = new ServerWire(SERVER.port(), ServerWire.State.CUT);
                Fixture db = new Fixture(SERVER, SERVER.newDatabase(), wire.port(), Fixture.operator())) {
            TenantIdentity tenant = Fixture.newIdentity();

            Outcome down = db.applier.apply(db.open(tenant), db.login(tenant));
            Outcome closing = db.applier.close(db.closed(tenant));
            DatabaseSweep.SweepResult swept = db.sweep(tenant);
            wire.mend();
            Outcome up = eventually(db, tenant);

            assertWaiting(down, Reason.DatabaseUnavailable, "check that the server runs");
            assertWaiting(closing, Reason.DatabaseUnavailable, "check that the server runs");
            assertThat(swept.trouble()).isInstanceOf(Outcome.Waiting.class);
            assertThat(swept.drifted()).isEmpty();
            assertThat(up.done()).isTrue();
        }
    }

    @Test
    void a_server_that_falls_silent_in_the_middle_is_given_up_in_bounded_time() throws Exception {
        try (ServerWire wire = new ServerWire(SERVER.port(), ServerWire.State.WHOLE);
                Fixture db = new Fixture(SERVER, SERVER.newDatabase(), wire.port(), Fixture.operator())) {
            TenantIdentity tenant = db.created();
            wire.silence();

            Outcome closing = db.applier.close(db.closed(tenant));
            wire.mend();

            assertWaiting(closing, Reason.DatabaseUnavailable, "Retried");
            assertThat(await().until(() -> db.applier.close(db.closed(tenant)), Outcome::done)
                            .done())
                    .isTrue();
        }
    }

    @Test
    void while_a_server_is_down_a_tenant_in_place_stays_as_it_is_and_is_not_asked_for() throws Exception {
        try (ServerWire wire = new ServerWire(SERVER.port(), ServerWire.State.WHOLE);
                Fixture db = new Fixture(SERVER, SERVER.newDatabase(), wire.port(), Fixture.operator())) {
            TenantIdentity tenant = db.created();
            wire.cut();

            assertThat(db.applier.apply(db.open(tenant), db.login(tenant))).isEqualTo(Outcome.unchanged());
        }
    }

    @Test
    void a_postgresql_that_is_stopped_and_started_again_is_served_again(@TempDir Path directory) throws Exception {
        Path data = directory.resolve("data");
        EmbeddedPostgres first = TestServer.configured()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .start();
        int port = first.getPort();
        try {
            TestServer.secured(first, data.resolve("pg_hba.conf"));
            try (var postgres = first.getPostgresDatabase().getConnection()) {
                TestServer.execute(postgres, "CREATE DATABASE shared OWNER " + TestServer.OPERATOR);
            }
            try (Fixture db = new Fixture(SERVER, "shared", port, Fixture.operator())) {
                db.created();
                first.close();
                TenantIdentity late = Fixture.newIdentity();

                Outcome down = db.applier.apply(db.open(late), db.login(late));
                EmbeddedPostgres second = TestServer.configured()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setPort(port)
                        .start();
                try {
                    Outcome up = eventually(db, late);

                    assertWaiting(down, Reason.DatabaseUnavailable, "check that the server runs");
                    assertThat(up.done()).isTrue();
                } finally {
                    second.close();
                }
            }
        } finally {
            first.close();
        }
    }

    @Test
    void a_server_that_refuses_the_password_is_told_apart_from_one_that_is_down() {
        Credential wrong = new Credential(TestServer.OPERATOR, "wrong".toCharArray());
        try (Fixture db = new Fixture(SERVER, SERVER.newDatabase(), SERVER.port(), wrong)) {
            TenantIdentity tenant = Fixture.newIdentity();

            Outcome refused = db.applier.apply(db.open(tenant), db.login(tenant));

            assertWaiting(refused, Reason.DatabaseRefused, "correct the admin Secret");
            assertThat(refused.toString()).doesNotContain("wrong");
        }
    }

    @ParameterizedTest
    @EnumSource(AskingServer.Asks.class)
    void who_asks_for_a_password_that_it_can_read_gets_none(AskingServer.Asks asks) throws Exception {
        try (AskingServer greedy = new AskingServer(asks);
                Fixture db = new Fixture(SERVER, "tenants", greedy.port(), Fixture.operator())) {
            TenantIdentity tenant = Fixture.newIdentity();
            DatabaseLogin login = new DatabaseLogin(
                    new DatabaseAddress("127.0.0.1", greedy.port(), false, null),
                    "tenants",
                    db.login(tenant).username(),
                    "the tenant's password");

            Outcome refused = db.applier.apply(db.open(tenant), db.login(tenant));
            LoginCheck tried = db.connection.tryLogin("tenants", db.login(tenant));
            boolean asked = db.connection.asksForPasswords("tenants");
            List<Trial> trials = new DatabaseProbe(
                            _ -> Optional.of(login),
                            new DatabaseLimits(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(8), 2),
                            Set.of(),
                            new Random())
                    .run(subject(tenant), List.of());

            assertWaiting(refused, Reason.DatabaseRefused, "in clear or by MD5");
            assertThat(tried).isEqualTo(LoginCheck.UNKNOWN);
            assertThat(asked).isFalse();
            assertThat(trials).noneMatch(trial -> trial.result() == Trial.TrialResult.Blocked);
            assertThat(greedy.answers()).isNotEmpty().doesNotContain((int) 'p');
        }
    }

    @Test
    void what_a_full_or_foreign_server_says_is_told_apart_from_no_answer() {
        DatabaseAddress address = new DatabaseAddress("db.example", 5432, false, null);
        Map.of(
                        "53100", "disk is full",
                        "53200", "max_locks_per_transaction",
                        "53300", "no connection left",
                        "08P01", "connection pooler",
                        "25006", "when the disk is full",
                        "08006", "no answer")
                .forEach((state, words) -> assertWaiting(
                        SqlTrouble.outcome(new SQLException("", state), address, "tenants"),
                        Reason.DatabaseUnavailable,
                        words));
    }

    @Test
    void a_database_that_does_not_exist_or_is_not_the_operators_says_what_to_do() throws SQLException {
        try (Fixture db = new Fixture(SERVER)) {
            TenantIdentity tenant = Fixture.newIdentity();

            Outcome missing = db.applier.apply(Fixture.plan(tenant, "nowhere", false), db.login(tenant));
            SERVER.asSuperuser("postgres", "ALTER DATABASE " + db.database + " OWNER TO postgres");
            Outcome foreign = db.applier.apply(db.open(tenant), db.login(tenant));

            assertWaiting(missing, Reason.DatabaseRefused, "does not exist");
            assertThat(foreign).isInstanceOfSatisfying(Outcome.Blocked.class, blocked -> {
                assertThat(blocked.finding().reason()).isEqualTo(Reason.Unprepared);
                assertThat(blocked.finding().text()).contains("OWNER TO " + TestServer.OPERATOR);
            });
        }
    }

    @Test
    void an_operator_that_may_not_create_roles_says_so() throws SQLException {
        SERVER.asSuperuser("postgres", "CREATE ROLE weak LOGIN PASSWORD 'weak'");
        String database = SERVER.newDatabase();
        SERVER.asSuperuser("postgres", "ALTER DATABASE " + database + " OWNER TO weak");
        try (Fixture db = new Fixture(SERVER, database, SERVER.port(), new Credential("weak", "weak".toCharArray()))) {
            TenantIdentity tenant = Fixture.newIdentity();

            assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text()).contains("ALTER ROLE weak CREATEROLE"));
        }
    }

    @Test
    void an_operator_that_did_not_make_the_roles_touches_nothing_and_says_what_it_lacks() throws SQLException {
        SERVER.asSuperuser("postgres", "CREATE ROLE successor LOGIN CREATEROLE PASSWORD 'x'");
        try (Fixture before = new Fixture(SERVER)) {
            TenantIdentity tenant = before.created();
            SERVER.asSuperuser("postgres", "ALTER DATABASE " + before.database + " OWNER TO successor");
            SERVER.asSuperuser(
                    before.database,
                    "ALTER SCHEMA bulkhead OWNER TO successor",
                    "ALTER TABLE bulkhead.writer OWNER TO successor",
                    "ALTER SCHEMA ext OWNER TO successor",
                    "ALTER ROLE " + SchemaPlan.RoleKind.LOGIN1.of(tenant) + " CONNECTION LIMIT 99");
            Credential successor = new Credential("successor", "x".toCharArray());
            try (Fixture after = new Fixture(SERVER, before.database, SERVER.port(), successor)) {
                Outcome outcome = after.applier.apply(after.open(tenant), before.login(tenant));

                assertThat(outcome).isInstanceOf(Outcome.Blocked.class);
                assertThat(outcome.findings())
                        .singleElement()
                        .satisfies(finding -> assertThat(finding.reason()).isEqualTo(Reason.DatabaseRefused));
            }
        }
    }

    @Test
    void names_that_are_taken_are_left_alone() throws SQLException {
        try (Fixture db = new Fixture(SERVER)) {
            db.created();
            TenantIdentity schemaTaken = Fixture.newIdentity();
            TenantIdentity roleTaken = Fixture.newIdentity();
            TenantIdentity markOfAnother = Fixture.newIdentity();
            String foreignRole = SchemaPlan.RoleKind.APP.of(roleTaken);
            SERVER.asSuperuser(
                    db.database,
                    "CREATE SCHEMA " + schemaTaken.schema(),
                    "CREATE TABLE " + schemaTaken.schema() + ".theirs (id int)",
                    "CREATE ROLE " + foreignRole + " SUPERUSER",
                    "CREATE SCHEMA " + markOfAnother.schema(),
                    "COMMENT ON SCHEMA " + markOfAnother.schema() + " IS '"
                            + db.open(schemaTaken).mark() + "'");
            for (TenantIdentity tenant : List.of(schemaTaken, roleTaken, markOfAnother)) {
                Outcome outcome = db.applier.apply(db.open(tenant), db.login(tenant));
                Outcome closing = db.applier.close(db.closed(tenant));

                assertThat(outcome).isInstanceOfSatisfying(Outcome.Blocked.class, blocked -> {
                    assertThat(blocked.finding().reason()).isEqualTo(Reason.Conflict);
                    assertThat(blocked.finding().text()).contains(tenant.schema(), "left alone");
                });
                assertThat(closing.findings()).isEqualTo(outcome.findings());
                assertThat(db.sweep(tenant).drifted()).containsExactly(tenant);
            }

            assertThat(SERVER.query(
                            db.database,
                            "SELECT rolname FROM pg_roles WHERE rolname LIKE '" + schemaTaken.schema()
                                    + "%' OR rolname LIKE '" + roleTaken.schema() + "%' OR rolname LIKE '"
                                    + markOfAnother.schema() + "%'"))
                    .containsExactly(foreignRole);
            assertThat(SERVER.query(db.database, "SELECT rolsuper FROM pg_roles WHERE rolname = '" + foreignRole + "'"))
                    .containsExactly("t");
        }
    }

    @Test
    void schemas_of_the_operators_names_that_are_not_its_own_are_a_conflict() throws SQLException {
        try (Fixture db = new Fixture(SERVER)) {
            SERVER.asSuperuser(db.database, "CREATE SCHEMA bulkhead");
            TenantIdentity tenant = Fixture.newIdentity();

            assertThat(db.applier.apply(db.open(tenant), db.login(tenant)).findings())
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.reason()).isEqualTo(Reason.Conflict);
                        assertThat(finding.subject()).contains("schema bulkhead");
                    });
        }
    }

    @Test
    void a_writers_row_that_is_gone_is_made_again() throws SQLException {
        try (Fixture db = new Fixture(SERVER)) {
            db.created();
            SERVER.asSuperuser(db.database, "DROP TABLE bulkhead.writer");
            TenantIdentity tenant = Fixture.newIdentity();

            Outcome first = db.applier.apply(db.open(tenant), db.login(tenant));
            Outcome second = db.applier.apply(db.open(tenant), db.login(tenant));

            assertWaiting(first, Reason.Unprepared, "Retried");
            assertThat(second.done()).isTrue();
        }
    }

    @Test
    void a_database_opened_to_everybody_is_closed_by_the_sweep() throws SQLException {
        try (Fixture db = new Fixture(SERVER)) {
            TenantIdentity tenant = db.created();
            SERVER.asSuperuser(
                    db.database,
                    "GRANT CONNECT, TEMPORARY ON DATABASE " + db.database + " TO PUBLIC",
                    "GRANT CREATE ON SCHEMA public TO PUBLIC",
                    "GRANT USAGE ON SCHEMA bulkhead TO PUBLIC",
                    "GRANT USAGE ON SCHEMA ext TO PUBLIC");

            assertThat(db.sweep(tenant).drifted()).isEmpty();

            try (var tenantSession = db.tenant(tenant)) {
                assertThat(TestServer.query(
                                tenantSession,
                                "SELECT concat(has_database_privilege(current_database(), 'TEMPORARY'),"
                                        + " has_schema_privilege('public', 'CREATE'),"
                                        + " has_schema_privilege('bulkhead', 'USAGE'),"
                                        + " has_schema_privilege('ext', 'USAGE'))"))
                        .containsExactly("ffff");
            }
        }
    }

    @Test
    void passwords_that_cannot_be_tried_are_left_as_they_are() throws SQLException {
        try (Fixture db = new Fixture(SERVER)) {
            TenantIdentity tenant = db.created();

            DatabaseSweep.SweepResult swept = db.sweep.sweep(db.database, Map.of(tenant, db.open(tenant)), _ -> null);

            assertThat(swept.drifted()).isEmpty();
        }
    }

    private static Subject subject(TenantIdentity tenant) {
        return new Subject(
                "ankerwerk",
                tenant,
                Tenants.plainSpec(),
                BackedParts.homes(
                        new TenantStatus.DatabaseStatus(
                                "main", "tenants", tenant.schema(), SchemaPlan.RoleKind.LOGIN1.of(tenant)),
                        null));
    }

    private static Outcome eventually(Fixture db, TenantIdentity tenant) {
        return await().atMost(Duration.ofSeconds(20))
                .until(() -> db.applier.apply(db.open(tenant), db.login(tenant)), Outcome::done);
    }

    private static void assertWaiting(Outcome outcome, Reason reason, String remedy) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Waiting.class, waiting -> {
            assertThat(waiting.finding().reason()).isEqualTo(reason);
            assertThat(waiting.finding().message()).contains(remedy);
        });
    }
}
