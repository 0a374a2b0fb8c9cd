package dev.bulkhead.operator.probe.database;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * What the attempts need to know of a server, as every login can read it.
 *
 * @param user the role the session logged in as
 * @param owner owner of the database
 * @param operator owner of the operator's own schema in it; the owner of the database where that is missing
 * @param publicSchema whether there is a schema public
 * @param extension one that could be installed and is not; empty where there is none
 * @param foreignSession process id of a session that is another's: one of the server's own processes if it can be seen; 0 where there is none
 * @param databases other databases that accept connections, sorted
 * @param database the one of the session
 * @param administrators whether there are roles between the operator and tenants
 */
record ServerFacts(
        String user,
        String owner,
        String operator,
        boolean publicSchema,
        String extension,
        int foreignSession,
        List<String> databases,
        String database,
        boolean administrators) {
    private static final String QUERY = """
            SELECT session_user, pg_catalog.pg_get_userbyid(d.datdba),
                   pg_catalog.pg_get_userbyid(coalesce((SELECT n.nspowner FROM pg_catalog.pg_namespace n
                                                         WHERE n.nspname = 'bulkhead'), d.datdba)),
                   EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'public'),
                   coalesce((SELECT e.name FROM pg_catalog.pg_available_extensions e
                              WHERE e.installed_version IS NULL
                              ORDER BY array_position(ARRAY['dblink', 'postgres_fdw', 'file_fdw']::name[], e.name), e.name
                              LIMIT 1), ''),
                   coalesce((SELECT a.pid FROM pg_catalog.pg_stat_activity a
                              WHERE a.usesysid <> (SELECT r.oid FROM pg_catalog.pg_roles r
                                                    WHERE r.rolname = session_user)
                              ORDER BY a.datid IS NULL DESC, a.pid LIMIT 1), 0),
                   ARRAY(SELECT o.datname FROM pg_catalog.pg_database o
                          WHERE o.datallowconn AND NOT o.datname = current_database() AND o.datname <> 'template0'
                          ORDER BY o.datname),
                   current_database(),
                   EXISTS (SELECT FROM pg_catalog.pg_roles a
                            WHERE left(a.rolname::text, -1)
                                  = pg_catalog.pg_get_userbyid(coalesce(
                                      (SELECT n.nspowner FROM pg_catalog.pg_namespace n
                                        WHERE n.nspname = 'bulkhead'), d.datdba)) || '_admin_')
              FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()""";

    ServerFacts {
        databases = List.copyOf(databases);
    }

    static ServerFacts read(Connection session) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(QUERY);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the database is not in its own catalogue", "XX000");
            }
            Array databases = row.getArray(7);
            return new ServerFacts(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getBoolean(4),
                    row.getString(5),
                    row.getInt(6),
                    List.of((String[]) databases.getArray()),
                    row.getString(8),
                    row.getBoolean(9));
        }
    }
}
