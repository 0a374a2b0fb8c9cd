package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.database.ObservedSchema.DefaultAcl;
import dev.bulkhead.operator.database.ObservedSchema.Namespace;
import dev.bulkhead.operator.database.ObservedSchema.ObservedRight;
import dev.bulkhead.operator.database.ObservedSchema.OpenedRight;
import dev.bulkhead.operator.database.SchemaPlan.DefaultPrivilege;
import dev.bulkhead.operator.database.SchemaPlan.ObjectKind;
import dev.bulkhead.operator.database.SchemaPlan.PlannedRole;
import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.database.SchemaPlan.SchemaGrant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rights: on the schema, on what is and will be in it, on the database. Pure. */
@Pure
final class AccessSteps {
    private final SchemaPlan plan;
    private final ObservedSchema observed;
    private final DatabaseFacts facts;
    private final Set<String> ownRoles = new HashSet<>();

    AccessSteps(SchemaPlan plan, ObservedSchema observed, DatabaseFacts facts) {
        this.plan = plan;
        this.observed = observed;
        this.facts = facts;
        for (RoleKind kind : RoleKind.values()) {
            ownRoles.add(plan.name(kind));
        }
    }

    /** Takes away what nobody planned. */
    void takeAway(List<SqlStatement> statements) {
        for (ObservedRight right : observed.databaseRights()) {
            if (!planned(right)) {
                statements.add(SqlStatement.operator(
                        right.privilege() + " of " + right.granteeText() + " on database " + right.on(),
                        "REVOKE " + right.privilege() + " ON DATABASE " + SqlNames.name(right.on()) + " FROM "
                                + right.granteeSql() + " CASCADE"));
            }
        }
        Namespace schema = observed.schema();
        if (schema != null) {
            takeAway(schema, statements);
        }
        for (ObservedRight right : observed.foreignSchemaRights()) {
            if (!extensionUse(right)) {
                statements.add(revoke(null, right));
            }
        }
        for (OpenedRight opening : observed.openings()) {
            statements.add(close(opening));
        }
        Set<String> seen = new HashSet<>();
        for (DefaultAcl acl : observed.defaults()) {
            takeAway(acl, seen, statements);
        }
    }

    /** The schema itself, its mark and its rights. */
    void schema(List<SqlStatement> statements) {
        String name = plan.schema();
        String owner = plan.name(RoleKind.OWNER);
        Namespace found = observed.schema();
        if (found == null && plan.closed()) {
            return;
        }
        if (found == null) {
            statements.add(SqlStatement.operatorFor(
                    List.of(owner),
                    "schema " + name,
                    "CREATE SCHEMA " + SqlNames.name(name) + " AUTHORIZATION " + SqlNames.name(owner)));
        } else if (!found.owner().equals(owner)) {
            giveBack(found, statements);
        }
        if (found == null || !Objects.equals(found.comment(), plan.mark())) {
            statements.add(SqlStatement.as(
                    owner,
                    "mark of schema " + name,
                    "COMMENT ON SCHEMA " + SqlNames.name(name) + " IS " + SqlNames.literal(plan.mark())));
        }
        for (SchemaGrant grant : plan.schemaGrants()) {
            ObservedRight wanted = new ObservedRight(name, grant.role(), grant.privilege());
            if (found == null || !found.rights().contains(wanted)) {
                statements.add(SqlStatement.as(
                        owner,
                        grant.privilege() + " of role " + grant.role() + " on schema " + name,
                        "GRANT " + grant.privilege() + " ON SCHEMA " + SqlNames.name(name) + " TO "
                                + SqlNames.name(grant.role())));
            }
        }
    }

    /** Default privileges, use of extensions, and CONNECT at last. */
    void give(List<SqlStatement> statements) {
        boolean possible = !plan.closed() || observed.schema() != null;
        for (DefaultPrivilege wanted : plan.defaults()) {
            if (possible && !holds(wanted)) {
                statements.add(set(wanted));
            }
        }
        if (!plan.closed() && !observed.canary()) {
            canary(statements);
        }
        ObservedRight extensionUse = new ObservedRight(SchemaPlan.EXTENSIONS_SCHEMA, plan.name(RoleKind.APP), "USAGE");
        if (!plan.extensions().isEmpty()
                && !plan.closed()
                && !observed.foreignSchemaRights().contains(extensionUse)) {
            statements.add(SqlStatement.operator(
                    "USAGE of " + extensionUse.granteeText() + " on schema " + extensionUse.on(),
                    "GRANT USAGE ON SCHEMA " + SqlNames.name(extensionUse.on()) + " TO " + extensionUse.granteeSql()));
        }
        List<String> connecting = plan.roles().stream()
                .filter(PlannedRole::connects)
                .map(PlannedRole::name)
                .filter(role ->
                        !observed.databaseRights().contains(new ObservedRight(plan.database(), role, "CONNECT")))
                .toList();
        if (!connecting.isEmpty()) {
            statements.add(SqlStatement.operator(
                    "CONNECT on database " + plan.database(),
                    "GRANT CONNECT ON DATABASE " + SqlNames.name(plan.database()) + " TO "
                            + SqlNames.names(connecting)));
        }
    }

    /**
     * The table and its row in one transaction and only where nothing has that name: nobody else can have hung anything
     * on a table that nobody else has seen.
     */
    private void canary(List<SqlStatement> statements) {
        String app = plan.name(RoleKind.APP);
        String table = SqlNames.name(plan.schema(), SchemaPlan.CANARY);
        String subject = "canary of schema " + plan.schema();
        statements.add(SqlStatement.as(
                app, subject, "CREATE TABLE " + table + " (id pg_catalog.int4 PRIMARY KEY, note pg_catalog.text)"));
        statements.add(SqlStatement.as(
                app, subject, "INSERT INTO " + table + " VALUES (1, " + SqlNames.literal("bulkhead canary") + ")"));
    }

    /** Only who has the rights of both owners may pass a schema on, so the operator inherits for that one statement. */
    private void giveBack(Namespace schema, List<SqlStatement> statements) {
        String subject = "owner of schema " + schema.name();
        String as = Administration.of(facts).over(schema.owner());
        boolean inherit = as != null && ownRoles.contains(schema.owner());
        if (inherit) {
            statements.add(SqlStatement.as(
                    as,
                    subject,
                    "GRANT " + SqlNames.name(schema.owner()) + " TO SESSION_USER WITH INHERIT TRUE, SET TRUE"));
        }
        List<String> owners = new ArrayList<>(List.of(plan.name(RoleKind.OWNER)));
        if (ownRoles.contains(schema.owner())) {
            owners.add(schema.owner());
        }
        statements.add(SqlStatement.operatorFor(
                owners,
                subject,
                "ALTER SCHEMA " + SqlNames.name(schema.name()) + " OWNER TO "
                        + SqlNames.name(plan.name(RoleKind.OWNER))));
        if (inherit) {
            statements.add(SqlStatement.as(as, subject, Administration.shut(schema.owner())));
        }
    }

    private void takeAway(Namespace schema, List<SqlStatement> statements) {
        String owner = plan.name(RoleKind.OWNER);
        if (!schema.owner().equals(owner)) {
            // Rights hang on the owner; they are looked at again once the owner is right.
            return;
        }
        for (ObservedRight right : schema.rights()) {
            boolean planned = plan.schemaGrants().stream()
                    .anyMatch(grant -> grant.role().equals(right.grantee())
                            && grant.privilege().equals(right.privilege()));
            if (!planned && !owner.equals(right.grantee())) {
                statements.add(revoke(owner, right));
            }
        }
    }

    private void takeAway(DefaultAcl acl, Set<String> seen, List<SqlStatement> statements) {
        if (acl.privilege() == null || (acl.grantee() != null && ownRoles.contains(acl.grantee()))) {
            return;
        }
        String where = acl.schema() == null ? "" : " IN SCHEMA " + SqlNames.name(acl.schema());
        String grantee = acl.grantee() == null ? "PUBLIC" : SqlNames.name(acl.grantee());
        String text = "ALTER DEFAULT PRIVILEGES FOR ROLE " + SqlNames.name(acl.owner()) + where + " REVOKE ALL ON "
                + objects(acl.code()) + " FROM " + grantee;
        if (seen.add(text)) {
            statements.add(SqlStatement.as(acl.owner(), "default privileges of role " + acl.owner(), text));
        }
    }

    private SqlStatement close(OpenedRight opening) {
        String grantee = opening.grantee() == null ? "PUBLIC" : SqlNames.name(opening.grantee());
        String to = opening.grantee() == null ? "PUBLIC" : "role " + opening.grantee();
        String text = "REVOKE ALL ON " + opening.target() + " FROM " + grantee + " CASCADE";
        String as = ownRoles.contains(opening.owner()) ? opening.owner() : null;
        return SqlStatement.as(as, "rights of " + to + " on " + opening.subject(), text);
    }

    private static SqlStatement revoke(@Nullable String as, ObservedRight right) {
        return SqlStatement.as(
                as,
                right.privilege() + " of " + right.granteeText() + " on schema " + right.on(),
                "REVOKE " + right.privilege() + " ON SCHEMA " + SqlNames.name(right.on()) + " FROM "
                        + right.granteeSql() + " CASCADE");
    }

    private boolean planned(ObservedRight right) {
        return right.on().equals(plan.database())
                && right.privilege().equals("CONNECT")
                && plan.roles().stream()
                        .anyMatch(role -> role.connects() && role.name().equals(right.grantee()));
    }

    private boolean extensionUse(ObservedRight right) {
        return right.on().equals(SchemaPlan.EXTENSIONS_SCHEMA)
                && right.privilege().equals("USAGE")
                && plan.name(RoleKind.APP).equals(right.grantee())
                && !plan.extensions().isEmpty();
    }

    private boolean holds(DefaultPrivilege wanted) {
        if (wanted.grantee() == null) {
            // Without a row PUBLIC has the right, as every new function and type starts; in a row takeAway ends it.
            return !row(wanted, null).isEmpty();
        }
        return row(wanted, plan.schema()).stream()
                .anyMatch(acl -> wanted.grantee().equals(acl.grantee())
                        && wanted.privilege().equals(acl.privilege()));
    }

    private List<DefaultAcl> row(DefaultPrivilege wanted, @Nullable String schema) {
        return observed.defaults().stream()
                .filter(acl -> acl.owner().equals(wanted.owner())
                        && acl.code() == wanted.objects().code()
                        && Objects.equals(acl.schema(), schema))
                .toList();
    }

    private SqlStatement set(DefaultPrivilege wanted) {
        String change = wanted.grantee() == null
                ? " REVOKE " + wanted.privilege() + " ON " + wanted.objects() + " FROM PUBLIC"
                : " IN SCHEMA " + SqlNames.name(plan.schema()) + " GRANT " + wanted.privilege() + " ON "
                        + wanted.objects() + " TO " + SqlNames.name(wanted.grantee());
        return SqlStatement.as(
                wanted.owner(),
                "default privileges of role " + wanted.owner(),
                "ALTER DEFAULT PRIVILEGES FOR ROLE " + SqlNames.name(wanted.owner()) + change);
    }

    private static String objects(char code) {
        return switch (code) {
            case 'n' -> "SCHEMAS";
            case 'L' -> "LARGE OBJECTS";
            default -> {
                for (ObjectKind kind : ObjectKind.values()) {
                    if (kind.code() == code) {
                        yield kind.name();
                    }
                }
                throw new IllegalArgumentException("default privileges of an unknown kind of object: " + code);
            }
        };
    }
}
