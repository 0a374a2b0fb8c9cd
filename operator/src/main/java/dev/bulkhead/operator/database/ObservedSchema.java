package dev.bulkhead.operator.database;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue says about one tenant's names: everything with a name of that tenant, whether or not it is ours,
 * and everything that opens the tenant's things to others.
 *
 * @param suffix the 16 characters the names derive from
 * @param schema the schema of that name
 * @param canary whether something in the schema has the name of the canary
 * @param roles the roles of these names, by name
 * @param memberships every membership in these roles and of these roles
 * @param settings settings of these roles, in any database
 * @param defaults default privileges of these roles
 * @param databaseRights rights of these roles on databases
 * @param foreignSchemaRights rights of these roles on schemas that are no tenant's
 * @param openings rights of PUBLIC and of others' roles on the tenant's things
 * @param strays things that are where they should not be: foreign owners inside, own things outside
 * @param tooLarge whether it has more than {@link CatalogueQueries#MOST_THINGS}; openings and strays are then not known
 */
record ObservedSchema(
        String suffix,
        @Nullable Namespace schema,
        boolean canary,
        Map<String, ObservedRole> roles,
        List<ObservedMembership> memberships,
        List<ObservedSetting> settings,
        List<DefaultAcl> defaults,
        List<ObservedRight> databaseRights,
        List<ObservedRight> foreignSchemaRights,
        List<OpenedRight> openings,
        List<Stray> strays,
        boolean tooLarge) {

    ObservedSchema {
        roles = Map.copyOf(roles);
        memberships = List.copyOf(memberships);
        settings = List.copyOf(settings);
        defaults = List.copyOf(defaults);
        databaseRights = List.copyOf(databaseRights);
        foreignSchemaRights = List.copyOf(foreignSchemaRights);
        openings = List.copyOf(openings);
        strays = List.copyOf(strays);
    }

    /** A tenant of which the catalogue knows nothing. */
    static ObservedSchema absent(String suffix) {
        return new ObservedSchema(
                suffix, null, false, Map.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
                List.of(), false);
    }

    /** Whether nothing of these names exists. */
    boolean isAbsent() {
        return schema == null && roles.isEmpty();
    }

    /** A schema with its owner, comment and rights; the owner's own rights included. */
    record Namespace(String name, String owner, @Nullable String comment, List<ObservedRight> rights) {
        Namespace {
            rights = List.copyOf(rights);
        }
    }

    /**
     * A right that somebody holds on something.
     *
     * @param on schema or database
     * @param grantee null for PUBLIC
     */
    record ObservedRight(String on, @Nullable String grantee, String privilege) {
        /** The grantee as SQL has it. */
        String granteeSql() {
            return grantee == null ? "PUBLIC" : SqlNames.name(grantee);
        }

        /** The grantee as people read it. */
        String granteeText() {
            return grantee == null ? "PUBLIC" : "role " + grantee;
        }
    }

    /**
     * A role.
     *
     * @param excess attributes that no tenant role may have, as ALTER ROLE takes them away ({@code NOSUPERUSER})
     * @param expires whether VALID UNTIL is set
     * @param sessions open sessions of it, in any database
     * @param verifier what pg_authid keeps; null where it cannot be read or there is none
     */
    record ObservedRole(
            String name,
            boolean login,
            List<String> excess,
            int connectionLimit,
            boolean expires,
            @Nullable String comment,
            int sessions,
            @Nullable String verifier) {
        ObservedRole {
            excess = List.copyOf(excess);
        }
    }

    /**
     * A membership. Before PostgreSQL 16 it has neither option, and {@code inherit} and {@code set} are null.
     *
     * @param grantor null when that role is gone
     */
    record ObservedMembership(
            String role,
            String member,
            @Nullable String grantor,
            boolean admin,
            @Nullable Boolean inherit,
            @Nullable Boolean set) {
        /** Whether the member may SET ROLE. */
        boolean settable() {
            return set == null || set;
        }

        /** Whether the member has the role's rights without asking. */
        boolean inherits() {
            return inherit != null && inherit;
        }
    }

    /**
     * Settings of a role.
     *
     * @param database null for all databases
     * @param entries {@code name=value}
     */
    record ObservedSetting(String role, @Nullable String database, List<String> entries) {
        ObservedSetting {
            entries = List.copyOf(entries);
        }
    }

    /**
     * One right of a row of pg_default_acl; a row without rights has one entry whose privilege is null.
     *
     * @param schema null for all schemas
     * @param code pg_default_acl.defaclobjtype
     * @param grantee null for PUBLIC
     */
    record DefaultAcl(
            String owner,
            @Nullable String schema,
            char code,
            @Nullable String grantee,
            @Nullable String privilege) {}

    /**
     * A right that opens a tenant's thing to somebody else.
     *
     * @param target as REVOKE names it: kind and quoted name, such as {@code TABLE "t_x"."orders"}
     * @param subject the same for people
     * @param owner owner of the thing
     * @param grantee null for PUBLIC
     */
    record OpenedRight(
            String target,
            String subject,
            String owner,
            @Nullable String grantee) {}

    /**
     * Something where it should not be.
     *
     * @param subject the thing, for people
     * @param message what is wrong and what to do
     */
    record Stray(String subject, String message) {}
}
