package dev.bulkhead.operator.probe.database;

import static dev.bulkhead.operator.probe.database.SqlAttempt.login;
import static dev.bulkhead.operator.probe.database.SqlAttempt.read;
import static dev.bulkhead.operator.probe.database.SqlAttempt.write;

import java.util.List;

/** What is tried against every sampled tenant of the same database. */
final class NeighbourAttempts {
    private static final String OWN_GRANT = "GRANT SELECT ON {table} TO {own:app}";
    private static final String OWN_ROLE = "SET LOCAL ROLE {own:app}";

    /** All of them. */
    static final List<SqlAttempt> ALL = List.of(
            read("reads rows of another tenant", "SELECT 1 FROM {canary}", "SELECT 1 FROM {table}"),
            write(
                    "adds rows to another tenant's table",
                    "INSERT INTO {canary} (id) VALUES (2)",
                    "INSERT INTO {table} (id) VALUES (2)"),
            write("changes rows of another tenant", "UPDATE {canary} SET id = id", "UPDATE {table} SET id = id"),
            write("deletes rows of another tenant", "DELETE FROM {canary}", "DELETE FROM {table}"),
            write("empties another tenant's table", "TRUNCATE {canary}", "TRUNCATE {table}"),
            write(
                    "alters another tenant's table",
                    "ALTER TABLE {canary} ADD COLUMN {probe} int",
                    "ALTER TABLE {table} ADD COLUMN {probe} int"),
            write("drops another tenant's table", "DROP TABLE {canary}", "DROP TABLE {table}"),
            write(
                    "references another tenant's table",
                    "CREATE TABLE {own}.{probe} (id int REFERENCES {canary} (id))",
                    "CREATE TABLE {own}.{second} (id int REFERENCES {table} (id))"),
            write(
                    "creates a table in another tenant's schema",
                    "CREATE TABLE {other}.{probe} (id int)",
                    "CREATE TABLE {own}.{second} (id int)"),
            write(
                    "plants a function where another tenant's search_path looks",
                    "CREATE FUNCTION {other}.{probe}() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                    "CREATE FUNCTION {own}.{probe}() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
            write(
                    "grants another tenant's table to everybody",
                    "GRANT SELECT ON {canary} TO PUBLIC",
                    "GRANT SELECT ON {table} TO PUBLIC"),
            write("grants itself another tenant's table", "GRANT SELECT ON {canary} TO {own:app}", OWN_GRANT),
            write("grants itself another tenant's schema", "GRANT USAGE ON SCHEMA {other} TO {own:app}", OWN_GRANT),
            write(
                    "speaks as the owner of another tenant's schema",
                    "COMMENT ON SCHEMA {other} IS 'probe'",
                    "COMMENT ON TABLE {table} IS 'probe'"),
            write(
                    "grants itself what another tenant will make",
                    "ALTER DEFAULT PRIVILEGES FOR ROLE {other:app} IN SCHEMA {other} GRANT SELECT ON TABLES TO {own:app}",
                    "ALTER DEFAULT PRIVILEGES FOR ROLE {own:app} IN SCHEMA {own} GRANT SELECT ON TABLES TO {own:app}"),
            login("becomes the application role of another tenant", "SET LOCAL ROLE {other:app}", OWN_ROLE),
            login("becomes the owner role of another tenant", "SET LOCAL ROLE {other:own}", OWN_ROLE),
            login("becomes the first login of another tenant", "SET LOCAL ROLE {other:l1}", OWN_ROLE),
            login("becomes the second login of another tenant", "SET LOCAL ROLE {other:l2}", OWN_ROLE),
            login("becomes the backup role of another tenant", "SET LOCAL ROLE {other:bkp}", OWN_ROLE),
            login(
                    "takes over the session identity of another tenant",
                    "SET LOCAL SESSION AUTHORIZATION {other:l1}",
                    "SET LOCAL SESSION AUTHORIZATION {login}"),
            login("makes itself a member of another tenant's role", "GRANT {other:app} TO {login}", OWN_GRANT)
                    .checkedAsApplication(),
            login(
                    "takes another tenant's password away",
                    "ALTER ROLE {other:l1} PASSWORD NULL",
                    "ALTER ROLE {login} PASSWORD NULL"),
            login(
                    "changes settings of another tenant's login",
                    "ALTER ROLE {other:l1} SET search_path = pg_catalog",
                    "ALTER ROLE {login} SET search_path = pg_catalog"));

    private NeighbourAttempts() {}
}
