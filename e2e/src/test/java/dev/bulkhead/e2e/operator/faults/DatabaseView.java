package dev.bulkhead.e2e.operator.faults;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What PostgreSQL's catalogue says of a tenant, read by the superuser, without the operator's code. */
final class DatabaseView {
    private static final String ACL =
            "(SELECT coalesce(string_agg(a::text, ' ' ORDER BY a::text), '-') FROM unnest(%s) a)";

    /** Each takes one parameter: the schema's name, which is also the beginning of the roles' names. */
    private static final List<String> QUERIES = List.of(
            "SELECT 'role ' || rolname, concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,"
                    + " rolreplication, rolbypassrls, rolconnlimit, coalesce(left(rolpassword, 13), 'no password'),"
                    + " rolvaliduntil, shobj_description(oid, 'pg_authid')) FROM pg_authid"
                    + " WHERE starts_with(rolname, ?)",
            "SELECT 'member ' || m.roleid::regrole || ' ' || m.member::regrole || ' ' || m.grantor::regrole,"
                    + " (to_jsonb(m) - array['oid', 'roleid', 'member', 'grantor'])::text FROM pg_auth_members m"
                    + " WHERE starts_with(m.roleid::regrole::text, $1) OR starts_with(m.member::regrole::text, $1)",
            "SELECT 'setting ' || setrole::regrole || ' ' || coalesce(replace(datname, current_database(), 'tenants'), '*'),"
                    + ACL.formatted("setconfig") + " FROM pg_db_role_setting"
                    + " LEFT JOIN pg_database d ON d.oid = setdatabase WHERE starts_with(setrole::regrole::text, ?)",
            "SELECT 'schema ' || nspname, nspowner::regrole || ' ' || " + ACL.formatted("nspacl")
                    + " || ' ' || coalesce(obj_description(oid, 'pg_namespace'), 'no comment') FROM pg_namespace"
                    + " WHERE starts_with(nspname, ?)",
            "SELECT 'default ' || defaclrole::regrole || ' ' || coalesce(nspname, '*') || ' ' || defaclobjtype::text,"
                    + ACL.formatted("defaclacl") + " FROM pg_default_acl"
                    + " LEFT JOIN pg_namespace n ON n.oid = defaclnamespace"
                    + " WHERE starts_with(defaclrole::regrole::text, ?)",
            "SELECT 'database ' || replace(datname, current_database(), 'tenants') || ' ' || a::text, '' FROM pg_database, unnest(datacl) a"
                    + " WHERE position(? IN a::text) > 0",
            "SELECT 'relation ' || relname, relowner::regrole::text FROM pg_class"
                    + " WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ?)");

    private final StackEndpoints.Postgres postgres;

    DatabaseView(StackEndpoints.Postgres postgres) {
        this.postgres = postgres;
    }

    SortedMap<String, String> of(Tenant tenant) {
        Masks masks = new Masks(tenant);
        SortedMap<String, String> view = new TreeMap<>();
        rows(database(tenant), TenantIdentity.of(tenant).schema())
                .forEach(row ->
                        view.put(masks.mask("PostgreSQL " + administrator(row.name())), masks.mask(row.value())));
        return view;
    }

    /** Which of the operator's administrators a tenant has depends on its identity. */
    private static String administrator(String name) {
        return name.replaceAll("_admin_[a-z2-7]\\b", "_admin_?");
    }

    private record Row(String name, String value) {}

    private List<Row> rows(String database, String schema) {
        List<Row> rows = new ArrayList<>();
        try (Connection connection = superuser(database)) {
            for (String query : QUERIES) {
                int parameters = query.contains("$1") ? 2 : 1;
                try (PreparedStatement statement = connection.prepareStatement(query.replace("$1", "?"))) {
                    for (int i = 1; i <= parameters; i++) {
                        statement.setString(i, schema);
                    }
                    try (ResultSet result = statement.executeQuery()) {
                        while (result.next()) {
                            rows.add(new Row(result.getString(1), result.getString(2)));
                        }
                    }
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Which transactions wrote what the catalogue says of a tenant: different after any write, even of the same. */
    String rowVersions(Tenant tenant) {
        String schema = TenantIdentity.of(tenant).schema();
        return ask(
                database(tenant),
                "SELECT string_agg(version, ' ' ORDER BY version) FROM ("
                        + "SELECT xmin::text version FROM pg_authid WHERE starts_with(rolname, '" + schema + "')"
                        + " UNION ALL SELECT xmin::text FROM pg_namespace WHERE nspname = '" + schema + "'"
                        + " UNION ALL SELECT xmin::text FROM pg_db_role_setting"
                        + " WHERE starts_with(setrole::regrole::text, '" + schema + "')) v");
    }

    /** Drops the tenant's roles and whatever they own. */
    void forget(Tenant tenant) {
        run(
                database(tenant),
                "DO $$ DECLARE r text; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE starts_with(rolname, '"
                        + TenantIdentity.of(tenant).schema()
                        + "') LOOP EXECUTE format('DROP OWNED BY %I CASCADE', r); EXECUTE format('DROP ROLE %I', r);"
                        + " END LOOP; END $$");
    }

    /** Runs a statement as the superuser. */
    void run(String sql) {
        run(postgres.database(), sql);
    }

    private void run(String database, String sql) {
        try (Connection connection = superuser(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One value, as the superuser sees it. */
    String ask(String sql) {
        return ask(postgres.database(), sql);
    }

    /** The first value of a query in the tenant's database, as the superuser. */
    String ask(Tenant tenant, String sql) {
        return ask(database(tenant), sql);
    }

    private String ask(String database, String sql) {
        try (Connection connection = superuser(database);
                var statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? String.valueOf(result.getString(1)) : "nothing";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A connection that may do anything. */
    private Connection superuser(String database) throws SQLException {
        return DriverManager.getConnection(
                postgres.jdbcUrl(database), postgres.superuser(), postgres.superuserPassword());
    }

    /** Where the tenant's schema lies. */
    private String database(Tenant tenant) {
        TenantStatus status = tenant.getStatus();
        return status == null || status.database() == null
                ? postgres.database()
                : status.database().database();
    }

    /** Who somebody is who logs in with this password, and where. */
    String login(Tenant tenant, String user, String password) {
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(database(tenant)), user, password);
                var statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT current_user || ' in ' || current_schema")) {
            result.next();
            return result.getString(1);
        } catch (SQLException e) {
            return "refused: " + e.getSQLState();
        }
    }
}
