package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.probe.database.DatabaseLimits;
import dev.bulkhead.operator.probe.database.DatabaseLogin;
import dev.bulkhead.operator.probe.database.DatabaseProbe;
import dev.bulkhead.operator.probe.database.Logins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the probe says of a compartment that holds, and of each way to open it by hand. */
@ParameterizedClass
@EnumSource(TestServer.class)
class DatabaseProbeIT {
    private static final DatabaseLimits LIMITS =
            new DatabaseLimits(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(8), 2);

    /** Roles belong to the whole server, which other tests use as well. */
    private static final String WITHOUT_LEFTOVERS = """
            DO $$ DECLARE r name; BEGIN
              FOR r IN SELECT rolname FROM pg_roles WHERE rolname ~ '^t_[a-z2-7]{16}_' LOOP
                EXECUTE format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION', r);
              END LOOP;
            END $$""";

    private final Fixture db;
    private TenantIdentity attacker = Fixture.newIdentity();
    private TenantIdentity victim = Fixture.newIdentity();
    private Set<String> administrators = Set.of();

    DatabaseProbeIT(TestServer server) {
        this.db = new Fixture(server);
    }

    @BeforeEach
    void two_tenants_on_a_server_that_a_superuser_prepared() throws SQLException {
        attacker = db.created();
        victim = db.created();
        for (String database : db.server.query("postgres", "SELECT datname FROM pg_database WHERE datallowconn")) {
            db.server.asSuperuser("postgres", "REVOKE CONNECT, TEMPORARY ON DATABASE " + database + " FROM PUBLIC");
        }
        db.server.asSuperuser(db.database, WITHOUT_LEFTOVERS);
        administrators = Set.copyOf(db.server.query(
                "postgres",
                "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND rolname !~ '^t_[a-z2-7]{16}_'"));
        db.server.asSuperuser(
                db.database,
                "REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea),"
                        + " lo_put(oid, bigint, bytea) FROM PUBLIC");
    }

    @AfterEach
    void close() throws SQLException {
        db.server.asSuperuser("postgres", "GRANT CONNECT, TEMPORARY ON DATABASE postgres, template1 TO PUBLIC");
        db.close();
    }

    @Test
    void a_compartment_that_holds_is_proven_and_nothing_is_left_behind() throws SQLException, InterruptedException {
        String before = everything();

        List<Trial> trials = run(this::login);

        assertThat(trials).hasSizeGreaterThan(60);
        assertThat(trials)
                .filteredOn(trial -> trial.result() != Trial.TrialResult.Blocked)
                .isEmpty();
        assertThat(proof(trials).finding()).isEqualTo(RoundFinding.Proven);
        assertThat(everything()).isEqualTo(before);
    }

    /** A way in that somebody opened, how to close it, and what has to be named. */
    record Hole(String name, String open, String close, String named) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Hole> holes() {
        return Stream.of(
                new Hole(
                        "tables open to everybody",
                        "GRANT USAGE ON SCHEMA {v} TO PUBLIC; GRANT ALL ON {v}.bulkhead_canary TO PUBLIC",
                        "",
                        "reads rows of another tenant"),
                new Hole(
                        "schema open to a neighbour", "GRANT USAGE, CREATE ON SCHEMA {v} TO {a}_app", "", "schema {v}"),
                new Hole("membership", "GRANT {v}_app TO {a}_l1", "", "becomes the application role of another tenant"),
                new Hole(
                        "owner changed",
                        "ALTER SCHEMA {v} OWNER TO {a}_app",
                        "",
                        "speaks as the owner of another tenant's schema"),
                new Hole(
                        "exempt from row security",
                        "ALTER ROLE {a}_app BYPASSRLS",
                        "ALTER ROLE {a}_app NOBYPASSRLS",
                        "BYPASSRLS"),
                new Hole("superuser", "ALTER ROLE {a}_app SUPERUSER", "ALTER ROLE {a}_app NOSUPERUSER", "SUPERUSER"),
                new Hole(
                        "may create roles",
                        "ALTER ROLE {a}_l1 CREATEROLE",
                        "ALTER ROLE {a}_l1 NOCREATEROLE",
                        "CREATEROLE"),
                new Hole(
                        "reader of all data",
                        "GRANT pg_read_all_data TO {a}_app",
                        "REVOKE pg_read_all_data FROM {a}_app",
                        "pg_read_all_data"),
                new Hole(
                        "runs programs",
                        "GRANT pg_execute_server_program TO {a}_app WITH INHERIT TRUE",
                        "REVOKE pg_execute_server_program FROM {a}_app",
                        "pg_execute_server_program"),
                new Hole("another superuser", "CREATE ROLE stranger LOGIN SUPERUSER", "DROP ROLE stranger", "stranger"),
                new Hole(
                        "security definer",
                        "CREATE SCHEMA helpers; GRANT USAGE ON SCHEMA helpers TO PUBLIC; CREATE FUNCTION helpers.count_all()"
                                + " RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
                        "",
                        "helpers.count_all"),
                new Hole(
                        "public schema open",
                        "CREATE SCHEMA IF NOT EXISTS public; GRANT CREATE ON SCHEMA public TO PUBLIC",
                        "",
                        "schema public"),
                new Hole("extensions open", "GRANT USAGE, CREATE ON SCHEMA ext TO PUBLIC", "", "among the extensions"),
                new Hole(
                        "operator's schema open",
                        "GRANT USAGE ON SCHEMA bulkhead TO PUBLIC; GRANT SELECT ON bulkhead.writer TO PUBLIC",
                        "",
                        "reads the operator's schema"),
                new Hole(
                        "verifiers readable",
                        "GRANT SELECT ON pg_authid TO PUBLIC",
                        "REVOKE SELECT ON pg_authid FROM PUBLIC",
                        "reads password verifiers"),
                new Hole(
                        "files readable",
                        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO PUBLIC",
                        "",
                        "reads a file of the server"),
                new Hole(
                        "large objects",
                        "GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC",
                        "",
                        "makes a large object"),
                new Hole("another database", "GRANT CONNECT ON DATABASE postgres TO PUBLIC", "", "database postgres"),
                new Hole(
                        "settings for everybody",
                        "ALTER DATABASE {d} SET search_path = public",
                        "",
                        "setting search_path"));
    }

    @ParameterizedTest
    @MethodSource("holes")
    void a_way_that_somebody_opened_is_found_and_named(Hole hole) throws SQLException, InterruptedException {
        boolean old = db.server == TestServer.OLDEST;
        db.server.asSuperuser(db.database, fill(old ? hole.open().replace(" WITH INHERIT TRUE", "") : hole.open()));
        try {
            String before = everything();

            List<Trial> trials = run(this::login);

            assertThat(proof(trials).finding()).isEqualTo(RoundFinding.Failed);
            assertThat(trials.stream()
                            .filter(trial -> trial.result() == Trial.TrialResult.Through)
                            .map(Trial::explanation))
                    .anySatisfy(text -> assertThat(text).contains(fill(hole.named())));
            assertThat(everything()).isEqualTo(before);
        } finally {
            if (!hole.close().isEmpty()) {
                db.server.asSuperuser(db.database, fill(hole.close()));
            }
        }
    }

    /** What a tenant does to itself is seen from its own side. */
    static Stream<Hole> ownDoing() {
        return Stream.of(
                new Hole(
                        "table",
                        "CREATE TABLE {a}.t (id int); ALTER TABLE {a}.t OWNER TO {a}_app; GRANT SELECT ON {a}.t TO PUBLIC",
                        "",
                        "PUBLIC on table t"),
                new Hole(
                        "column",
                        "CREATE TABLE {a}.t (id int); ALTER TABLE {a}.t OWNER TO {a}_app; GRANT SELECT (id) ON {a}.t TO {v}_app",
                        "",
                        "column id of table t"),
                new Hole(
                        "foreign owner",
                        "CREATE TABLE {a}.t (id int); ALTER TABLE {a}.t OWNER TO {v}_app",
                        "",
                        "table t"),
                new Hole(
                        "definer",
                        "CREATE FUNCTION {a}.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION {a}.f() OWNER TO {a}_app; GRANT EXECUTE ON FUNCTION {a}.f() TO PUBLIC",
                        "",
                        "PUBLIC on function f"),
                new Hole(
                        "default privileges",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE {a}_app GRANT SELECT ON TABLES TO PUBLIC",
                        "",
                        "{a}_app will make"),
                new Hole(
                        "default privileges gone",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE {a}_app GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
                        "",
                        "functions that role {a}_app will make"),
                new Hole("member of its role", "GRANT {a}_app TO {v}_l1", "", "{v}_l1 on role {a}_app"),
                new Hole(
                        "search_path",
                        "ALTER ROLE {a}_l1 IN DATABASE {d} SET search_path = {v}",
                        "",
                        "setting search_path"));
    }

    @ParameterizedTest
    @MethodSource("ownDoing")
    void what_opens_the_tenants_own_compartment_is_found_in_the_catalogue(Hole hole)
            throws SQLException, InterruptedException {
        db.server.asSuperuser(db.database, fill(hole.open()));

        List<Trial> trials = run(this::login);

        assertThat(trials.stream()
                        .filter(trial -> trial.result() == Trial.TrialResult.Through)
                        .map(Trial::explanation))
                .anySatisfy(text -> assertThat(text).contains(fill(hole.named())));
    }

    /** Booked on who did it: the one it was done to has nothing of it, and nothing of the grantor's is open. */
    @Test
    void a_tenant_that_gives_away_its_own_makes_no_neighbour_look_breached() throws SQLException, InterruptedException {
        try (Connection generous = db.tenant(attacker)) {
            TestServer.execute(
                    generous,
                    "CREATE TABLE bait (name text)",
                    "INSERT INTO bait SELECT 'many of one name' FROM generate_series(1, 200)",
                    fill("GRANT SELECT, INSERT ON bait TO {v}_app, PUBLIC"),
                    fill("GRANT SELECT (name) ON bait TO {v}_l1"),
                    "CREATE FUNCTION lure() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
                    "GRANT EXECUTE ON FUNCTION lure() TO PUBLIC",
                    "ANALYZE bait");
        }

        List<Trial> victims = runAs(victim, attacker);
        List<Trial> grantors = run(this::login);

        assertThat(victims)
                .filteredOn(trial -> trial.result() != Trial.TrialResult.Blocked)
                .isEmpty();
        assertThat(grantors.stream()
                        .filter(trial -> trial.result() == Trial.TrialResult.Through)
                        .map(Trial::explanation))
                .anySatisfy(text -> assertThat(text).contains("planner's statistics", "PUBLIC on table bait"))
                .anySatisfy(text -> assertThat(text).contains("keeps from them", "PUBLIC on function lure"));
        assertThat(grantors).noneMatch(Trial::breach);
    }

    @Test
    void what_others_can_really_use_is_a_breach_of_whose_it_is() throws SQLException, InterruptedException {
        db.server.asSuperuser(
                db.database,
                "GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC",
                fill("GRANT USAGE ON SCHEMA {a} TO {v}_app"));
        try (Connection generous = db.tenant(attacker)) {
            TestServer.execute(
                    generous,
                    "CREATE TABLE bait (name text)",
                    fill("GRANT SELECT ON bait TO {v}_app"),
                    "CREATE SEQUENCE numbers",
                    "GRANT USAGE ON SEQUENCE numbers TO PUBLIC",
                    "SELECT lo_create(4711)",
                    "GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC");
        }

        assertThat(run(this::login).stream().filter(Trial::breach).map(Trial::explanation))
                .anySatisfy(text -> assertThat(text).contains(fill("{v}_app on table bait")))
                .anySatisfy(text -> assertThat(text).contains(fill("{v}_app on schema {a}")))
                .anySatisfy(text -> assertThat(text).contains("PUBLIC on large object 4711"));
        db.server.asSuperuser(db.database, fill("REVOKE USAGE ON SCHEMA {a} FROM {v}_app"));
        assertThat(run(this::login).stream().filter(Trial::breach).map(Trial::explanation))
                .noneSatisfy(text -> assertThat(text).contains("table bait"))
                .anySatisfy(text -> assertThat(text).contains("PUBLIC on sequence numbers"));
        // It is no exaggeration: a sequence is used by its number, without the schema.
        String number = db.server
                .query(db.database, fill("SELECT '{a}.numbers'::regclass::oid"))
                .getFirst();
        try (Connection other = db.tenant(victim)) {
            assertThat(TestServer.query(other, "SELECT nextval(" + number + "::oid::regclass)"))
                    .containsExactly("1");
        }
    }

    @Test
    void a_tenant_that_uses_all_of_its_connections_is_told_so() throws SQLException, InterruptedException {
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                all.add(db.tenant(attacker));
            }

            ControlProof proof = proof(run(this::login));

            assertThat(proof.finding()).isEqualTo(RoundFinding.Inconclusive);
            assertThat(proof.message()).contains("connection limit of the tenant's login is used up");
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    /** PUBLIC may CONNECT by default; where pg_hba.conf lets nobody in all the same, no way is open. */
    @Test
    void a_database_that_lets_nobody_log_in_is_no_way_out_whatever_its_rights_say()
            throws SQLException, InterruptedException, IOException {
        db.server.asSuperuser("postgres", "CREATE DATABASE maintenance");
        Path hba = Path.of(db.server.query("postgres", "SHOW hba_file").getFirst());
        String before = Files.readString(hba);
        try {
            Files.writeString(
                    hba, before.replace("host  all all ", "host  maintenance all 127.0.0.1/32 reject\nhost  all all "));
            db.server.asSuperuser("postgres", "SELECT pg_reload_conf()");

            assertThat(run(this::login))
                    .filteredOn(trial -> trial.attack().toString().contains("maintenance"))
                    .isNotEmpty()
                    .allMatch(trial -> trial.result() == Trial.TrialResult.Blocked);
        } finally {
            Files.writeString(hba, before);
            db.server.asSuperuser("postgres", "SELECT pg_reload_conf()", "DROP DATABASE maintenance");
        }
    }

    @Test
    void a_server_that_is_down_proves_nothing() throws InterruptedException {
        List<Trial> trials = run(subject -> login(subject)
                .map(login -> new DatabaseLogin(
                        new DatabaseAddress("127.0.0.1", 1, false, null),
                        login.database(),
                        login.username(),
                        login.password())));

        assertThat(proof(trials).finding()).isEqualTo(RoundFinding.Inconclusive);
    }

    @Test
    void a_name_that_does_not_resolve_is_no_refusal() throws InterruptedException {
        List<Trial> trials = run(subject -> login(subject)
                .map(login -> new DatabaseLogin(
                        new DatabaseAddress("database.invalid", 5432, false, null),
                        login.database(),
                        login.username(),
                        login.password())));

        assertThat(trials).extracting(trial -> trial.check().ending()).containsOnly(Ending.NameNotFound);
    }

    @Test
    void a_login_that_is_refused_at_home_proves_nothing() throws InterruptedException {
        List<Trial> trials = run(subject -> login(subject)
                .map(login -> new DatabaseLogin(login.address(), login.database(), login.username(), "wrong")));

        assertThat(proof(trials).finding()).isEqualTo(RoundFinding.Inconclusive);
        assertThat(proof(trials).message()).contains("28P01").doesNotContain("wrong");
    }

    @Test
    void a_tenant_without_a_login_proves_nothing() throws InterruptedException {
        assertThat(proof(run(_ -> Optional.empty())).finding()).isEqualTo(RoundFinding.Inconclusive);
    }

    @Test
    void a_tenant_that_cannot_work_at_home_proves_nothing() throws SQLException, InterruptedException {
        db.server.asSuperuser(db.database, fill("REVOKE CREATE ON SCHEMA {a} FROM {a}_app"));

        assertThat(proof(run(this::login)).finding()).isEqualTo(RoundFinding.Inconclusive);
    }

    @Test
    void a_round_that_is_cut_off_leaves_nothing() throws SQLException, InterruptedException {
        String before = everything();
        List<Subject> many = Collections.nCopies(200, subject("ankerwerk", victim));
        FutureTask<List<Trial>> round = new FutureTask<>(() -> run(this::login, many));
        Thread thread = Thread.ofVirtual().start(round);
        await().until(() -> round.isDone() || !sessions().isEmpty());
        thread.interrupt();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(round::get)
                .withCauseInstanceOf(InterruptedException.class);
        await().until(() -> sessions().isEmpty());
        assertThat(everything()).isEqualTo(before);
    }

    private List<String> sessions() throws SQLException {
        return db.server.query(
                "postgres", "SELECT pid FROM pg_stat_activity WHERE application_name = 'bulkhead-probe'");
    }

    private List<Trial> runAs(TenantIdentity tenant, TenantIdentity other) throws InterruptedException {
        return new DatabaseProbe(this::login, LIMITS, administrators, new Random())
                .run(subject("ankerwerk", tenant), List.of(subject("klinik-nord", other)));
    }

    private List<Trial> run(Logins logins) throws InterruptedException {
        return run(logins, List.of(subject("ankerwerk", victim)));
    }

    private List<Trial> run(Logins logins, List<Subject> others) throws InterruptedException {
        return new DatabaseProbe(logins, LIMITS, administrators, new Random())
                .run(subject("klinik-nord", attacker), others);
    }

    private Optional<DatabaseLogin> login(Subject subject) {
        Credential credential = db.login(subject.identity());
        return Optional.of(new DatabaseLogin(
                new DatabaseAddress("127.0.0.1", db.server.port(), false, null),
                db.database,
                credential.username(),
                new String(credential.password())));
    }

    private Subject subject(String name, TenantIdentity identity) {
        return new Subject(
                name,
                identity,
                Tenants.plainSpec(),
                BackedParts.homes(
                        new TenantStatus.DatabaseStatus(
                                "main", db.database, identity.schema(), RoleKind.LOGIN1.of(identity)),
                        null));
    }

    private static ControlProof proof(List<Trial> trials) {
        return ControlProof.of(Set.of(Control.TI_DB), trials, Instant.EPOCH, Duration.ofHours(24))
                .getFirst();
    }

    private String fill(String text) {
        return text.replace("{a}", attacker.schema())
                .replace("{v}", victim.schema())
                .replace("{d}", db.database);
    }

    /** The catalogue, as far as a probe could have changed it. */
    private String everything() throws SQLException {
        return String.join("\n", db.server.query(db.database, """
                        SELECT 'role ' || to_jsonb(a)::text FROM pg_authid a
                        UNION ALL SELECT 'member ' || to_jsonb(m)::text FROM pg_auth_members m
                        UNION ALL SELECT 'setting ' || to_jsonb(s)::text FROM pg_db_role_setting s
                        UNION ALL SELECT 'schema ' || to_jsonb(n)::text FROM pg_namespace n
                        UNION ALL SELECT 'relation ' || relname || ' ' || relowner || ' ' || coalesce(relacl::text, '')
                                    FROM pg_class WHERE relnamespace <> 'pg_toast'::regnamespace
                        UNION ALL SELECT 'function ' || proname || ' ' || coalesce(proacl::text, '') FROM pg_proc
                        UNION ALL SELECT 'default ' || to_jsonb(d)::text FROM pg_default_acl d
                        UNION ALL SELECT 'extension ' || extname FROM pg_extension
                        UNION ALL SELECT 'database ' || datname || coalesce(datacl::text, '') FROM pg_database
                        UNION ALL SELECT 'comment ' || to_jsonb(d)::text FROM pg_description d WHERE classoid = 2615
                        UNION ALL SELECT 'large object ' || oid FROM pg_largeobject_metadata
                        UNION ALL SELECT 'file ' || to_jsonb(f)::text FROM pg_file_settings f
                        ORDER BY 1"""));
    }
}
