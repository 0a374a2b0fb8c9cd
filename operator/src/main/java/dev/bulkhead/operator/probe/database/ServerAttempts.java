package dev.bulkhead.operator.probe.database;

import static dev.bulkhead.operator.probe.database.SqlAttempt.login;
import static dev.bulkhead.operator.probe.database.SqlAttempt.read;
import static dev.bulkhead.operator.probe.database.SqlAttempt.write;

import dev.bulkhead.operator.evidence.Trial;
import java.util.ArrayList;
import java.util.List;

/** What is tried against the server itself: whoever gets this far has every tenant. */
final class ServerAttempts {
    private static final String OWN_TABLE = "CREATE TABLE {own}.{second} (id int)";
    private static final String OWN_FUNCTION = "CREATE FUNCTION {own}.{probe}() RETURNS int LANGUAGE sql AS 'SELECT 1'";
    private static final String OWN_SETTING = "ALTER ROLE {login} SET work_mem = '4MB'";
    private static final String OWN_GRANT = "GRANT SELECT ON {table} TO {own:app}";
    private static final String VERSION = "SELECT pg_catalog.version()";
    private static final String OWN_ROWS = "SELECT 1 FROM {table}";
    private static final String ROLES = "SELECT 1 FROM pg_catalog.pg_roles";
    private static final String COPY_HOME = "COPY (SELECT 1) TO STDOUT";

    private static final List<SqlAttempt> ALWAYS = List.of(
            write("creates a schema", "CREATE SCHEMA {probe}", OWN_TABLE),
            write(
                    "shadows the server's own functions",
                    "CREATE FUNCTION pg_catalog.{probe}() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                    OWN_FUNCTION),
            write(
                    "plants a function among the extensions",
                    "CREATE FUNCTION ext.{probe}() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                    OWN_FUNCTION),
            read("reads the operator's schema", "SELECT 1 FROM bulkhead.writer", OWN_ROWS),
            write(
                    "writes a function in C",
                    "CREATE FUNCTION {own}.{probe}() RETURNS int LANGUAGE c AS 'libc', 'getpid'",
                    OWN_FUNCTION),
            write(
                    "writes a function in the server's internal language",
                    "CREATE FUNCTION {own}.{probe}() RETURNS int LANGUAGE internal AS 'pg_backend_pid'",
                    OWN_FUNCTION),
            write("makes a way to foreign servers", "CREATE FOREIGN DATA WRAPPER {probe}", OWN_TABLE),
            write(
                    "makes a language of its own",
                    "CREATE LANGUAGE {probe} HANDLER pg_catalog.plpgsql_call_handler",
                    OWN_FUNCTION),
            write(
                    "makes an access method of its own",
                    "CREATE ACCESS METHOD {probe} TYPE TABLE HANDLER pg_catalog.heap_tableam_handler",
                    OWN_TABLE),
            write(
                    "has its function called whenever anybody changes a schema",
                    "CREATE FUNCTION {own}.{probe}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
                            + " CREATE EVENT TRIGGER {probe} ON ddl_command_start EXECUTE FUNCTION {own}.{probe}()",
                    OWN_FUNCTION),
            write("loads a library into the server", "LOAD 'auto_explain'", VERSION),
            write(
                    "has a library loaded with its next session",
                    "SET LOCAL session_preload_libraries = 'probe'",
                    "SET LOCAL work_mem = '4MB'"),
            write(
                    "has libraries looked for where it likes",
                    "SET LOCAL dynamic_library_path = '/dev/null'",
                    "SET LOCAL work_mem = '4MB'"),
            write(
                    "puts a table where the server keeps what all databases share",
                    "CREATE TABLE {own}.{probe} (id int) TABLESPACE pg_global",
                    OWN_TABLE),
            login(
                            "makes a folder of the server a place for tables",
                            "CREATE TABLESPACE {probe} LOCATION '/dev/null/none'",
                            OWN_SETTING)
                    .outside(),
            write(
                            "makes a temporary table, which belongs to no schema of its own",
                            "CREATE TEMPORARY TABLE {probe} (id int)",
                            OWN_TABLE)
                    .weakness(),
            write(
                    "publishes a table",
                    "CREATE TABLE {table} (id int); CREATE PUBLICATION {probe} FOR TABLE {table}",
                    OWN_TABLE),
            write(
                    "has the server connect elsewhere and fetch",
                    "CREATE SUBSCRIPTION {probe} CONNECTION 'dbname=postgres password=probe' PUBLICATION probe"
                            + " WITH (connect = false, slot_name = NONE)",
                    OWN_TABLE),
            read(
                    "has the server keep its log for a replica",
                    "SELECT pg_catalog.pg_create_physical_replication_slot('bulkhead_probe', false, true)",
                    VERSION),
            write("publishes every table", "CREATE PUBLICATION {probe} FOR ALL TABLES", OWN_TABLE),
            write("runs a program on the server", "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'", COPY_HOME),
            write("writes a file on the server", "COPY (SELECT 1) TO '/dev/null'", COPY_HOME),
            write(
                    "reads a file of the server into a table",
                    "CREATE TABLE {table} (id int); COPY {table} FROM '/dev/null'",
                    COPY_HOME),
            write(
                    "reads from a program on the server",
                    "CREATE TABLE {table} (id int); COPY {table} FROM PROGRAM 'true'",
                    COPY_HOME),
            read("looks at a file of the server", "SELECT pg_catalog.pg_stat_file('PG_VERSION')", VERSION),
            read("reads a file of the server", "SELECT pg_catalog.pg_read_file('PG_VERSION')", VERSION),
            read("lists files of the server", "SELECT pg_catalog.pg_ls_dir('.')", VERSION),
            write("imports a file as a large object", "SELECT pg_catalog.lo_import('PG_VERSION')", VERSION),
            write("exports a large object to a file", "SELECT pg_catalog.lo_export(0, '/dev/null')", VERSION),
            write("makes a large object, which belongs to no schema", "SELECT pg_catalog.lo_create(0)", VERSION)
                    .weakness(),
            read("reads all large objects", "SELECT 1 FROM pg_catalog.pg_largeobject", ROLES),
            read("reads password verifiers", "SELECT 1 FROM pg_catalog.pg_authid", ROLES),
            read("reads values kept for the planner", "SELECT 1 FROM pg_catalog.pg_statistic", ROLES),
            read("reads passwords for foreign servers", "SELECT 1 FROM pg_catalog.pg_user_mapping", ROLES),
            write(
                    "switches triggers off",
                    "SET LOCAL session_replication_role = replica",
                    "SET LOCAL work_mem = '4MB'"),
            login("changes the server's settings", "ALTER SYSTEM RESET bulkhead.probe", OWN_SETTING)
                    .outside(),
            login("has the server read its settings again", "SELECT pg_catalog.pg_reload_conf()", OWN_SETTING),
            login(
                    "changes what sessions of everybody start with",
                    "ALTER DATABASE {database} SET work_mem = '4MB'",
                    OWN_SETTING),
            login("creates a role", "CREATE ROLE {probe}", OWN_SETTING),
            login("makes itself superuser", "ALTER ROLE {login} SUPERUSER", OWN_SETTING),
            login("exempts itself from row security", "ALTER ROLE {login} BYPASSRLS", OWN_SETTING),
            login("lets itself create roles", "ALTER ROLE {login} CREATEROLE", OWN_SETTING),
            login("joins the readers of all data", "GRANT pg_read_all_data TO {login}", OWN_GRANT)
                    .checkedAsApplication(),
            login("becomes the operator", "SET LOCAL ROLE {operator}", "SET LOCAL ROLE {own:app}"),
            login("becomes the owner of its own schema", "SET LOCAL ROLE {own:own}", "SET LOCAL ROLE {own:app}"),
            login(
                    "takes over the session identity of the operator",
                    "SET LOCAL SESSION AUTHORIZATION {operator}",
                    "SET LOCAL SESSION AUTHORIZATION {login}"),
            new SqlAttempt(
                    "reads around row security",
                    Trial.TrialKind.BreakOut,
                    SqlAttempt.TransactionMode.RolledBack,
                    new SqlAttempt.SqlStep(SqlAttempt.As.Application, """
                            CREATE TABLE {table} (id int);
                            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
                            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
                            SET LOCAL row_security = off;
                            SELECT 1 FROM {table}"""),
                    new SqlAttempt.SqlStep(SqlAttempt.As.Application, """
                            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
                            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
                            SET LOCAL row_security = on;
                            SELECT 1 FROM {table}""")));

    /** Cancelling needs the same right as ending a session, and does no harm to a process that waits. */
    private static final SqlAttempt END_SESSIONS =
            login("ends sessions of others", "SELECT 1 / pg_catalog.pg_cancel_backend({pid})::int", """
                    DO $$ BEGIN
                      PERFORM pg_catalog.pg_cancel_backend(pg_catalog.pg_backend_pid());
                      PERFORM pg_catalog.pg_sleep(1);
                    EXCEPTION WHEN query_canceled THEN NULL;
                    END $$""");

    private static final SqlAttempt ADMINISTER = login(
            "becomes the administrator of its own roles", "SET LOCAL ROLE {administrator}", "SET LOCAL ROLE {own:app}");

    private ServerAttempts() {}

    /** What there is to try on a server with these facts. */
    static List<SqlAttempt> of(ServerFacts facts) {
        List<SqlAttempt> attempts = new ArrayList<>(ALWAYS);
        if (facts.publicSchema()) {
            attempts.add(write("creates a table in schema public", "CREATE TABLE public.{probe} (id int)", OWN_TABLE));
        }
        if (!facts.extension().isEmpty()) {
            attempts.add(write("installs an extension", "CREATE EXTENSION {extension}", OWN_TABLE));
        }
        if (facts.administrators()) {
            attempts.add(ADMINISTER);
        }
        if (facts.foreignSession() != 0) {
            attempts.add(END_SESSIONS);
        }
        return List.copyOf(attempts);
    }
}
