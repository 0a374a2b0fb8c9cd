package dev.bulkhead.operator.database;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that one tenant is to have in one database. A value: two equal plans want the same world.
 *
 * @param identity whose compartment it is
 * @param database where the schema lives
 * @param closed logins cannot log in, hold no CONNECT and have no sessions; the data is kept. Nothing is created
 * @param roles the five roles
 * @param memberships who may become whom
 * @param settings what sessions of a role start with in this database
 * @param schemaGrants rights on the tenant's schema, besides its owner's
 * @param defaults rights on things the tenant will make
 * @param extensions installed by the operator in schema {@code ext}, sorted
 * @param made whether the schema was made once, so that one that is not there is a loss: it is not made anew
 */
public record SchemaPlan(
        TenantIdentity identity,
        String database,
        boolean closed,
        List<PlannedRole> roles,
        List<PlannedMembership> memberships,
        List<PlannedSetting> settings,
        List<SchemaGrant> schemaGrants,
        List<DefaultPrivilege> defaults,
        List<String> extensions,
        boolean made) {
    /** Schema in which the operator installs what tenants ask for. */
    public static final String EXTENSIONS_SCHEMA = "ext";

    /**
     * Table with one row in every tenant's schema, owned like the tenant's own tables: what the probes of other tenants
     * must not reach. It is only ever created; what a tenant makes of it is the tenant's, and nobody else reads it.
     */
    public static final String CANARY = "bulkhead_canary";

    private static final String MARK = "bulkhead:v1:";

    /** Makes lists immutable. */
    public SchemaPlan {
        roles = List.copyOf(roles);
        memberships = List.copyOf(memberships);
        settings = List.copyOf(settings);
        schemaGrants = List.copyOf(schemaGrants);
        defaults = List.copyOf(defaults);
        extensions = List.copyOf(extensions);
    }

    /** The same for a tenant whose schema was made before. */
    public SchemaPlan asMade() {
        return new SchemaPlan(
                identity, database, closed, roles, memberships, settings, schemaGrants, defaults, extensions, true);
    }

    /** The tenant's schema. */
    public String schema() {
        return identity.schema();
    }

    /** The comment by which schema and roles are known to be this tenant's. Readable by all, so only a hash. */
    public String mark() {
        return MARK + identity.hash();
    }

    /** Whether a comment is the mark of any tenant. */
    static boolean isMark(@Nullable String comment) {
        return comment != null && comment.startsWith(MARK);
    }

    /** The role of that kind. */
    public PlannedRole role(RoleKind kind) {
        return roles.stream().filter(role -> role.kind() == kind).findFirst().orElseThrow();
    }

    /** Name of the role of that kind. */
    public String name(RoleKind kind) {
        return kind.of(identity);
    }

    /** The tenant's logins, whether or not they may log in now. */
    public List<String> logins() {
        return Stream.concat(Arrays.stream(Slot.values()).map(RoleKind::login), Stream.of(RoleKind.BACKUP))
                .map(this::name)
                .toList();
    }

    /** The slots whose login may log in. */
    public Set<Slot> live() {
        return Arrays.stream(Slot.values())
                .filter(slot -> role(RoleKind.login(slot)).login())
                .collect(Collectors.toSet());
    }

    /** The five roles a tenant has, and why it takes five. */
    public enum RoleKind {
        /** Owns the schema, so that the tenant cannot grant USAGE on it; only the operator is a member. */
        OWNER("own"),
        /** Owns everything the tenant makes, whichever login is live. */
        APP("app"),
        /** First slot of the tenant's login. */
        LOGIN1("l1"),
        /** Second slot, for rotation. */
        LOGIN2("l2"),
        /** Reads all for dumps and checks; can log in only while one runs. */
        BACKUP("bkp");

        private final String suffix;

        /** The tenant's login of a slot. */
        public static RoleKind login(Slot slot) {
            return switch (slot) {
                case One -> LOGIN1;
                case Two -> LOGIN2;
            };
        }

        RoleKind(String suffix) {
            this.suffix = suffix;
        }

        /** {@code t_<x>_<suffix>}. */
        public String of(TenantIdentity identity) {
            return of(identity.schema());
        }

        /** The same for the tenant of a schema. */
        String of(String schema) {
            return schema + "_" + suffix;
        }
    }

    /**
     * A role. None has any other attribute: no superuser, no inheritance, no right to create.
     *
     * @param login whether it may log in
     * @param connects whether it holds CONNECT on the database
     * @param connectionLimit sessions at once; -1 for a role that never logs in
     */
    public record PlannedRole(RoleKind kind, String name, boolean login, boolean connects, int connectionLimit) {}

    /** {@code member} may SET ROLE to {@code role}, without inheriting its rights and without passing it on. */
    public record PlannedMembership(String role, String member) {}

    /**
     * A setting of a role in this database.
     *
     * @param values several for a list such as search_path
     */
    public record PlannedSetting(String role, String name, List<String> values) {
        /** Makes the list immutable. */
        public PlannedSetting {
            values = List.copyOf(values);
        }

        /** As pg_db_role_setting keeps it. */
        String stored() {
            return name + "=" + String.join(", ", values);
        }
    }

    /** A right on the tenant's schema. */
    public record SchemaGrant(String role, String privilege) {}

    /**
     * A right on what {@code owner} will make.
     *
     * @param grantee who gets it in the tenant's schema; null: PUBLIC loses it everywhere
     */
    public record DefaultPrivilege(
            String owner,
            ObjectKind objects,
            String privilege,
            @Nullable String grantee) {}

    /** Kinds of things default privileges are kept for. */
    public enum ObjectKind {
        /** Tables, views and the like. */
        TABLES('r'),
        /** Sequences. */
        SEQUENCES('S'),
        /** Functions, procedures and aggregates. */
        FUNCTIONS('f'),
        /** Types and domains. */
        TYPES('T');

        private final char code;

        ObjectKind(char code) {
            this.code = code;
        }

        /** pg_default_acl.defaclobjtype. */
        char code() {
            return code;
        }
    }
}
