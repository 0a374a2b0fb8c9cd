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
            write("publishes every table", "CREATE PUBLICATION {probe} FOR ALL TABLES", OWN_TABLE),
            write("runs a program on the server", "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'", COPY_HOME),
            write("writes a file on the server", "COPY (SELECT 1) TO '/dev/null'", COPY_HOME),
            read("reads a file of the server", "SELECT pg_catalog.pg_read_file('PG_VERSION')", VERSION),
            read("lists files of the server", "SELECT pg_catalog.pg_ls_dir('.')", VERSION),
            write("imports a file as a large object", "SELECT pg_catalog.lo_import('PG_VERSION')", VERSION),
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
            login("creates a role", "CREATE ROLE {probe}", OWN_SETTING),
            login("makes itself superuser", "ALTER ROLE {login} SUPERUSER", OWN_SETTING),
            login("exempts itself from row security", "ALTER ROLE {login} BYPASSRLS", OWN_SETTING),
            login("lets itself create roles", "ALTER ROLE {login} CREATEROLE", OWN_SETTING),
            login("joins the readers of all data", "GRANT pg_read_all_data TO {login}", OWN_GRANT)
                    .checkedAsApplication(),
            login("becomes the operator", "SET LOCAL ROLE {operator}", "SET LOCAL ROLE {own:app}"),
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
        if (facts.foreignSession() != 0) {
            attempts.add(END_SESSIONS);
        }
        return List.copyOf(attempts);
    }
}
