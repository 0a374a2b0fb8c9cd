package dev.bulkhead.operator.database;

import dev.bulkhead.operator.database.ObservedSchema.DefaultAcl;
import dev.bulkhead.operator.database.ObservedSchema.Namespace;
import dev.bulkhead.operator.database.ObservedSchema.ObservedMembership;
import dev.bulkhead.operator.database.ObservedSchema.ObservedRight;
import dev.bulkhead.operator.database.ObservedSchema.ObservedSetting;
import dev.bulkhead.operator.database.ObservedSchema.OpenedRight;
import dev.bulkhead.operator.database.ObservedSchema.Stray;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts the rows of the catalogue queries together, tenant by tenant. */
final class SnapshotBuilder {
    private static final Pattern TENANT_NAME = Pattern.compile("t_([a-z2-7]{16})(_(own|app|l1|l2|bkp))?");

    private final Map<String, Parts> tenants = new HashMap<>();
    private final Map<String, SchemaParts> sharedSchemas = new HashMap<>();
    private final List<ObservedRight> publicRights = new ArrayList<>();
    private final Map<String, String> extensions = new HashMap<>();
    private final Map<String, DatabaseFacts.Administrator> administrators = new HashMap<>();
    private @Nullable DatabaseFacts facts;

    /** One row of one query. */
    void add(CatalogueQueries query, ResultSet row) throws SQLException {
        switch (query) {
            case FACTS -> facts = facts(row);
            case PUBLIC_RIGHTS -> publicRights.add(new ObservedRight(text(row, 1), null, text(row, 2)));
            case EXTENSIONS -> extensions.put(text(row, 1), text(row, 2));
            case ADMINISTRATORS ->
                administrators.put(
                        text(row, 1),
                        new DatabaseFacts.Administrator(
                                row.getString(2),
                                row.getBoolean(3),
                                row.getBoolean(4),
                                row.getBoolean(5),
                                row.getBoolean(6)));
            case SHARED_SCHEMAS -> addSchema(sharedSchemas, text(row, 1), row);
            case ROLES -> addRole(row);
            case MEMBERSHIPS -> addMembership(row);
            case SETTINGS -> addSetting(row);
            case SCHEMAS -> addTenantSchema(row);
            case FOREIGN_SCHEMA_RIGHTS ->
                tenant(text(row, 1))
                        .foreignSchemaRights
                        .add(new ObservedRight(text(row, 2), text(row, 1), text(row, 3)));
            case DATABASE_RIGHTS ->
                tenant(text(row, 1)).databaseRights.add(new ObservedRight(text(row, 2), text(row, 1), text(row, 3)));
            case DEFAULTS -> addDefault(row);
            case OBJECTS -> addObject(row);
            case STRAYS -> addStray(row);
        }
    }

    /** The whole. */
    CatalogueSnapshot build() {
        Map<String, ObservedSchema> observed = new HashMap<>();
        tenants.forEach((suffix, parts) -> observed.put(suffix, parts.build(suffix)));
        return new CatalogueSnapshot(
                Objects.requireNonNull(facts, "every database has its row in pg_database"), observed);
    }

    private DatabaseFacts facts(ResultSet row) throws SQLException {
        Map<String, Namespace> schemas = new HashMap<>();
        sharedSchemas.forEach((name, parts) -> schemas.put(name, parts.build(name)));
        return new DatabaseFacts(
                text(row, 1),
                text(row, 2),
                row.getInt(3),
                text(row, 4),
                row.getBoolean(5),
                row.getBoolean(6),
                text(row, 7),
                row.getBoolean(8),
                new DatabaseFacts.RunningServer(
                        row.getString(16), row.getTimestamp(17).toInstant()),
                new DatabaseFacts.WriteSettings(row.getBoolean(9), row.getInt(14), row.getBoolean(15)),
                row.getBoolean(10),
                row.getString(11),
                publicRights,
                schemas,
                extensions,
                row.getInt(12),
                row.getBoolean(13),
                administrators);
    }

    private void addRole(ResultSet row) throws SQLException {
        List<String> excess = new ArrayList<>();
        List<String> taken =
                List.of("NOSUPERUSER", "NOINHERIT", "NOCREATEROLE", "NOCREATEDB", "NOREPLICATION", "NOBYPASSRLS");
        for (int i = 0; i < taken.size(); i++) {
            if (row.getBoolean(3 + i)) {
                excess.add(taken.get(i));
            }
        }
        String name = text(row, 1);
        tenant(name)
                .roles
                .put(
                        name,
                        new ObservedSchema.ObservedRole(
                                name,
                                row.getBoolean(2),
                                excess,
                                row.getInt(9),
                                row.getBoolean(10),
                                row.getString(11),
                                row.getInt(12),
                                row.getString(13)));
    }

    private void addMembership(ResultSet row) throws SQLException {
        ObservedMembership membership = new ObservedMembership(
                text(row, 1), text(row, 2), row.getString(3), row.getBoolean(4), option(row, 5), option(row, 6));
        Parts of = find(membership.role());
        Parts in = find(membership.member());
        if (of != null) {
            of.memberships.add(membership);
        }
        if (in != null && in != of) {
            in.memberships.add(membership);
        }
    }

    private void addSetting(ResultSet row) throws SQLException {
        Array array = row.getArray(3);
        List<String> entries = array == null ? List.of() : List.of((String[]) array.getArray());
        tenant(text(row, 1)).settings.add(new ObservedSetting(text(row, 1), row.getString(2), entries));
    }

    private void addDefault(ResultSet row) throws SQLException {
        boolean someRight = row.getObject(4) != null;
        tenant(text(row, 1))
                .defaults
                .add(new DefaultAcl(
                        text(row, 1),
                        row.getString(2),
                        text(row, 3).charAt(0),
                        someRight ? row.getString(5) : null,
                        row.getString(6)));
    }

    private void addObject(ResultSet row) throws SQLException {
        String home = text(row, 1);
        String kind = text(row, 2);
        String name = text(row, 3);
        String owner = text(row, 5);
        boolean everybody = row.getBoolean(6);
        String grantee = row.getString(7);
        Parts tenant = tenant(home);
        if (kind.equals("TOO MANY")) {
            tenant.tooLarge = true;
            return;
        }
        String subject = words(kind) + " " + (kind.equals("LARGE OBJECT") ? name : home + "." + printable(name));
        if (!owner.startsWith(home + "_")) {
            tenant.strays.add(new Stray(
                    subject,
                    "belongs to role " + printable(owner) + ", not to the tenant. Give it to " + home
                            + "_app with ALTER … OWNER TO, or drop it."));
        } else if (everybody || grantee != null) {
            String target = kind + " " + (kind.equals("LARGE OBJECT") ? name : SqlNames.name(home, name));
            String args = row.getString(4);
            tenant.openings.add(
                    new OpenedRight(args == null ? target : target + "(" + args + ")", subject, owner, grantee));
        }
    }

    private void addStray(ResultSet row) throws SQLException {
        if (text(row, 3).equals("m")) {
            tenant(text(row, 1)).tooLarge = true;
            return;
        }
        String what = text(row, 3).equals("o") ? "owns" : "has rights on";
        String thing = row.getString(5);
        String where = thing == null ? "something in database " + text(row, 4) : printable(thing);
        tenant(text(row, 1))
                .strays
                .add(new Stray(
                        "role " + text(row, 2),
                        what + " " + where + ", outside of its schema. Revoke or reassign it there."));
    }

    private static void addSchema(Map<String, SchemaParts> schemas, String name, ResultSet row) throws SQLException {
        SchemaParts parts = schemas.get(name);
        if (parts == null) {
            parts = new SchemaParts(text(row, 2), row.getString(3), new ArrayList<>());
            schemas.put(name, parts);
        }
        if (row.getObject(4) != null) {
            parts.rights.add(new ObservedRight(name, row.getString(5), text(row, 6)));
        }
    }

    private void addTenantSchema(ResultSet row) throws SQLException {
        String name = text(row, 1);
        Parts tenant = tenant(name);
        addSchema(tenant.schema, name, row);
        tenant.canary = row.getBoolean(7);
    }

    private Parts tenant(String name) {
        Parts parts = find(name);
        if (parts == null) {
            throw new IllegalStateException("the catalogue query answered with a name that is no tenant's");
        }
        return parts;
    }

    private @Nullable Parts find(String name) {
        Matcher matcher = TENANT_NAME.matcher(name);
        return matcher.matches() ? tenants.computeIfAbsent(matcher.group(1), _ -> new Parts()) : null;
    }

    private static String words(String kind) {
        return switch (kind) {
            case "LARGE OBJECT" -> "large object";
            case "SEQUENCE" -> "sequence";
            case "ROUTINE" -> "function";
            case "TYPE" -> "type";
            default -> "table";
        };
    }

    /** Names are a tenant's own: only what can stand in a status is repeated. */
    private static String printable(String name) {
        return name.codePoints()
                .map(point -> Character.isLetterOrDigit(point) || "_.-$ ".indexOf(point) >= 0 ? point : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String text(ResultSet row, int column) throws SQLException {
        return Objects.requireNonNull(row.getString(column), "a catalogue column that is never null");
    }

    private static @Nullable Boolean option(ResultSet row, int column) throws SQLException {
        boolean value = row.getBoolean(column);
        return row.wasNull() ? null : value;
    }

    /** A schema while its rights are still coming. */
    private record SchemaParts(String owner, @Nullable String comment, List<ObservedRight> rights) {
        Namespace build(String name) {
            return new Namespace(name, owner, comment, rights);
        }
    }

    /** A tenant while its rows are still coming. */
    private static final class Parts {
        final Map<String, SchemaParts> schema = new HashMap<>();
        boolean canary;
        final Map<String, ObservedSchema.ObservedRole> roles = new HashMap<>();
        final List<ObservedMembership> memberships = new ArrayList<>();
        final List<ObservedSetting> settings = new ArrayList<>();
        final List<DefaultAcl> defaults = new ArrayList<>();
        final List<ObservedRight> databaseRights = new ArrayList<>();
        final List<ObservedRight> foreignSchemaRights = new ArrayList<>();
        final List<OpenedRight> openings = new ArrayList<>();
        final List<Stray> strays = new ArrayList<>();
        boolean tooLarge;

        ObservedSchema build(String suffix) {
            SchemaParts found = schema.get("t_" + suffix);
            return new ObservedSchema(
                    suffix,
                    found == null ? null : found.build("t_" + suffix),
                    canary,
                    roles,
                    memberships,
                    settings,
                    defaults,
                    databaseRights,
                    foreignSchemaRights,
                    openings,
                    strays,
                    tooLarge);
        }
    }
}
