package dev.bulkhead.e2e.isolation;

import static dev.bulkhead.e2e.isolation.HostileAttempt.attack;
import static dev.bulkhead.e2e.isolation.Neighbours.HOME;
import static dev.bulkhead.e2e.isolation.Neighbours.OTHER;

import dev.bulkhead.e2e.isolation.HostileAttempt.Act;
import dev.bulkhead.e2e.operator.Delivered;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/** The delivered database login of one tenant against another tenant's schema, and against the server. */
final class LoginAttacks {
    private static final String DENIED = "SQLSTATE 42501 ";

    private final Delivered mine;
    private final Delivered theirs;
    private final String own;
    private final String other;

    LoginAttacks(Neighbours neighbours) {
        mine = neighbours.database(HOME);
        theirs = neighbours.database(OTHER);
        own = mine.get("schema");
        other = theirs.get("schema");
    }

    /** Gives both tenants something to lose. */
    void prepare() throws SQLException {
        for (Delivered tenant : List.of(mine, theirs)) {
            try (Connection session = tenant.connect();
                    Statement statement = session.createStatement()) {
                statement.execute("CREATE TABLE patients (id int PRIMARY KEY, name text)");
                statement.execute("INSERT INTO patients VALUES (1, 'somebody')");
                statement.execute(
                        "CREATE FUNCTION secret() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT name FROM patients'");
            }
        }
    }

    Stream<HostileAttempt> all() {
        return Stream.of(rows(), definitions(), roles(), server()).flatMap(s -> s);
    }

    private Stream<HostileAttempt> rows() {
        return Stream.of(
                both("reads another tenant's rows", "SELECT * FROM {s}.patients"),
                both("adds rows to another tenant's table", "INSERT INTO {s}.patients VALUES (2, 'x')"),
                both("changes another tenant's rows", "UPDATE {s}.patients SET name = 'x'"),
                both("deletes another tenant's rows", "DELETE FROM {s}.patients"),
                both("empties another tenant's table", "TRUNCATE {s}.patients"),
                both("copies another tenant's table out", "COPY {s}.patients TO STDOUT"),
                both("locks another tenant's table", "LOCK TABLE {s}.patients IN ACCESS EXCLUSIVE MODE"),
                both("calls another tenant's function, which has its owner's rights", "SELECT {s}.secret()"),
                both("learns about rows by a foreign key", "CREATE TABLE {own}.spy (id int REFERENCES {s}.patients)"),
                both("reads rows through a view of its own", "CREATE VIEW {own}.spy AS SELECT * FROM {s}.patients"),
                both("counts rows by the size of a table it may not read", "SELECT count(*) FROM {s}.patients"));
    }

    private Stream<HostileAttempt> definitions() {
        return Stream.of(
                both("drops another tenant's table", "DROP TABLE {s}.patients CASCADE"),
                both("adds a column to another tenant's table", "ALTER TABLE {s}.patients ADD COLUMN spy text"),
                both(
                        "turns row security off at another tenant's table",
                        "ALTER TABLE {s}.patients DISABLE ROW LEVEL SECURITY"),
                both("makes a table in another tenant's schema", "CREATE TABLE {s}.spy (id int)"),
                both(
                        "shadows a function where another tenant's search_path looks",
                        "CREATE FUNCTION {s}.now() RETURNS text LANGUAGE sql AS 'SELECT 1::text'"),
                both(
                        "puts a trigger on another tenant's table",
                        "CREATE RULE spy AS ON SELECT TO {s}.patients DO INSTEAD NOTHING",
                        "CREATE RULE spy AS ON INSERT TO {s}.patients DO INSTEAD NOTHING"),
                both("grants another tenant's table to everybody", "GRANT SELECT ON {s}.patients TO PUBLIC"),
                both("comments as another tenant", "COMMENT ON TABLE {s}.patients IS 'x'"),
                sql("makes a schema of its own", "CREATE SCHEMA spy", "CREATE TABLE {own}.spy (id int)"),
                attack("opens its own schema to another tenant, who then reads", this::openedForTheOther, DENIED)
                        .whereas(rolledBack("SELECT * FROM {own}.patients")),
                sql(
                        "plants a function among the server's own",
                        "CREATE FUNCTION pg_catalog.spy() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                        "CREATE FUNCTION {own}.spy() RETURNS int LANGUAGE sql AS 'SELECT 1'"));
    }

    private Stream<HostileAttempt> roles() {
        String home = "SET ROLE {own}_app";
        return Stream.of(
                sql("becomes another tenant", "SET ROLE {other}_app", home),
                sql("becomes the owner of another tenant's schema", "SET ROLE {other}_own", home),
                sql("becomes another tenant's backup", "SET ROLE {other}_bkp", home),
                login("logs in as another tenant in the middle", "SET SESSION AUTHORIZATION {other}_l1"),
                login("makes itself a member of another tenant", "GRANT {other}_app TO {own}_l1"),
                login("makes itself a reader of everything", "GRANT pg_read_all_data TO {own}_l1"),
                login("makes itself superuser", "ALTER ROLE {own}_l1 SUPERUSER"),
                login("goes around row security", "ALTER ROLE {own}_l1 BYPASSRLS"),
                login("makes a login of its own", "CREATE ROLE spy LOGIN"),
                login("locks another tenant out", "ALTER ROLE {other}_l1 PASSWORD NULL"),
                login("leads another tenant's sessions elsewhere", "ALTER ROLE {other}_l1 SET search_path = pg_temp"));
    }

    private Stream<HostileAttempt> server() {
        String home = "SELECT count(*) FROM {own}.patients";
        return Stream.of(
                sql("runs a program on the server", "COPY (SELECT 1) TO PROGRAM 'id'", "COPY (SELECT 1) TO STDOUT"),
                sql("writes a file on the server", "COPY (SELECT 1) TO '/tmp/spy'", "COPY (SELECT 1) TO STDOUT"),
                sql("reads a file of the server", "SELECT pg_read_file('PG_VERSION')", home),
                sql("lists files of the server", "SELECT pg_ls_dir('.')", home),
                sql("imports a file of the server", "SELECT lo_import('/etc/passwd')", home),
                sql("reads password verifiers", "SELECT * FROM pg_authid", "SELECT count(*) FROM pg_roles"),
                sql("reads all large objects", "SELECT * FROM pg_largeobject", home),
                sql(
                        "reads the planner's samples of all rows",
                        "SELECT * FROM pg_statistic",
                        "SELECT count(*) FROM pg_stats"),
                sql("reads the operator's own table", "SELECT * FROM bulkhead.writer", home),
                sql(
                        "writes a function in C",
                        "CREATE FUNCTION {own}.spy() RETURNS int LANGUAGE c AS 'libc', 'getpid'",
                        "CREATE FUNCTION {own}.spy() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
                sql("publishes every table", "CREATE PUBLICATION spy FOR ALL TABLES", home),
                sql("changes the server's settings", "ALTER SYSTEM SET log_statement = 'all'", home),
                attack(
                                "comes without TLS",
                                this::withoutTls,
                                "SQLSTATE 28000 ",
                                "no pg_hba.conf entry",
                                "no encryption")
                        .whereas(this::withTls),
                attack("comes with another tenant's name and its own password", this::asTheOther, "SQLSTATE 28P01 ")
                        .whereas(this::withTls));
    }

    private HostileAttempt both(String name, String statement) {
        return both(name, statement, statement);
    }

    private HostileAttempt both(String name, String statement, String control) {
        return attack(name, rolledBack(statement.replace("{s}", other)), DENIED)
                .whereas(rolledBack(control.replace("{s}", own)));
    }

    private HostileAttempt sql(String name, String statement, String control) {
        return attack(name, rolledBack(statement), DENIED).whereas(rolledBack(control));
    }

    /** As the login itself, which has rights that its application role has not. */
    private HostileAttempt login(String name, String statement) {
        return attack(name, rolledBack("RESET ROLE;SET ROLE NONE;" + statement), DENIED)
                .whereas(rolledBack("SET ROLE NONE;ALTER ROLE {own}_l1 SET work_mem = '4MB'"));
    }

    private Act rolledBack(String statement) {
        return () -> {
            try (Connection session = mine.connect();
                    Statement one = session.createStatement()) {
                String text = statement.replace("{own}", own).replace("{other}", other);
                if (text.startsWith("ALTER SYSTEM")) { // not in a transaction
                    one.execute(text);
                    return;
                }
                session.setAutoCommit(false);
                if (text.endsWith("TO STDOUT")) {
                    new CopyManager(session.unwrap(BaseConnection.class))
                            .copyOut(text, OutputStream.nullOutputStream());
                } else {
                    one.execute(text);
                }
                session.rollback();
            }
        };
    }

    /** PostgreSQL does not refuse a grant of what one may not grant: it warns, and grants nothing. */
    private void openedForTheOther() throws SQLException {
        try (Connection giver = mine.connect();
                Statement give = giver.createStatement();
                Connection taker = theirs.connect();
                Statement take = taker.createStatement()) {
            give.execute("GRANT USAGE ON SCHEMA " + own + " TO " + other + "_app");
            give.execute("GRANT SELECT ON ALL TABLES IN SCHEMA " + own + " TO " + other + "_app");
            take.execute("SELECT * FROM " + own + ".patients");
        }
    }

    private void withTls() throws SQLException {
        mine.connect().close();
    }

    private void withoutTls() throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", mine.get("username"));
        login.setProperty("password", mine.get("password"));
        login.setProperty("sslmode", "disable");
        String url = mine.get("jdbc-url");
        DriverManager.getConnection(url.substring(0, url.indexOf('?')), login).close();
    }

    private void asTheOther() throws SQLException {
        theirs.connect(mine.get("password")).close();
    }
}
