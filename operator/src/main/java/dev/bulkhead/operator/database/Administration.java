package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * By what right the operator changes tenants' roles, and how it becomes one of them for a transaction. Pure.
 *
 * <p>PostgreSQL answers "may this role administer that one?" by walking every membership that leads away from the asker, and
 * forgets what it found with every change of any role. So nothing that the operator asks may lead to all tenants: see ADR 25.
 *
 * @param way how
 * @param operator the operator's login
 */
@Pure
public record Administration(Way way, String operator) {
    /** How the operator comes to its rights. */
    public enum Way {
        /** A superuser needs no membership. */
        SUPERUSER,
        /** Before PostgreSQL 16 CREATEROLE is enough, also to make itself a member of a role while a transaction lasts. */
        MEMBER,
        /**
         * Since PostgreSQL 16: the operator may become 32 administrators, each of which administers the owner roles of some
         * tenants; an owner role administers the tenant's other roles.
         */
        ADMINISTRATOR
    }

    /** Of the operator's login, in bytes, where it needs administrators. */
    static final int LONGEST_NAME = 55;

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final String INFIX = "_admin_";
    private static final String OPTIONS = " WITH INHERIT FALSE, SET TRUE";
    private static final Pattern TENANT_ROLE = Pattern.compile("t_[a-z2-7]{16}_(own|app|l1|l2|bkp)");
    private static final int SCHEMA_LENGTH = 18;
    private static final String OWNER_SUFFIX = "_own";

    /** What a server with these facts takes. */
    static Administration of(DatabaseFacts facts) {
        Way way = facts.superuser() ? Way.SUPERUSER : facts.membershipOptions() ? Way.ADMINISTRATOR : Way.MEMBER;
        return new Administration(way, facts.operator());
    }

    /** The administrators there are to be; none where none are needed. */
    List<String> administrators() {
        return way == Way.ADMINISTRATOR ? namesFor(operator) : List.of();
    }

    /** The names of the administrators of an operator, whether or not its server needs any. */
    public static List<String> namesFor(String operator) {
        return LETTERS.chars()
                .mapToObj(letter -> prefix(operator) + (char) letter)
                .toList();
    }

    /** The name of the administrator that an operator with this login has for a tenant, whether or not it needs one. */
    public static String administrator(String operator, TenantIdentity tenant) {
        return prefix(operator) + tenant.suffix().charAt(0);
    }

    /** What the names of an operator's administrators begin with. */
    static String prefix(String operator) {
        return operator + INFIX;
    }

    /** Whether the names of the administrators are no longer than PostgreSQL's names can be: 63 bytes. */
    boolean nameFits() {
        return way != Way.ADMINISTRATOR || operator.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
    }

    /** The administrator of a tenant's owner role. */
    String administrator(String tenantName) {
        return prefix(operator) + tenantName.charAt("t_".length());
    }

    /** The role by whose right this role of a tenant is changed; null for the operator itself. */
    @Nullable
    String over(String role) {
        if (way != Way.ADMINISTRATOR || !isTenants(role)) {
            return null;
        }
        return role.endsWith(OWNER_SUFFIX) ? administrator(role) : owner(role);
    }

    /** Whether a role is one of those that change others: an owner role or an administrator. */
    boolean administers(String role) {
        return administrators().contains(role) || (isTenants(role) && role.endsWith(OWNER_SUFFIX));
    }

    /**
     * What the operator has to be a member of to become this role; null when nothing is missing for that.
     *
     * @param role any, or null for the operator itself
     */
    @Nullable
    String gate(@Nullable String role) {
        if (role == null || !isTenants(role)) {
            return null;
        }
        return switch (way) {
            case SUPERUSER -> null;
            case MEMBER -> role;
            case ADMINISTRATOR -> owner(role);
        };
    }

    /** Who lets the operator through a gate; null for the operator itself. */
    @Nullable
    String keeper(String gate) {
        return way == Way.ADMINISTRATOR ? administrator(gate) : null;
    }

    /** Lets the operator through. */
    String open(String gate) {
        return "GRANT " + SqlNames.name(gate) + " TO SESSION_USER" + (way == Way.ADMINISTRATOR ? OPTIONS : "");
    }

    /** Lets the operator through a gate, by the right of its keeper. */
    List<String> opening(String gate) {
        return List.of(SqlScript.become(keeper(gate)), open(gate));
    }

    /** Takes that back. */
    static String shut(String gate) {
        return "REVOKE " + SqlNames.name(gate) + " FROM SESSION_USER";
    }

    /** The gates to all roles of a tenant. */
    List<String> gates(String schema) {
        return switch (way) {
            case SUPERUSER -> List.of();
            case MEMBER ->
                Arrays.stream(RoleKind.values()).map(kind -> kind.of(schema)).toList();
            case ADMINISTRATOR -> List.of(RoleKind.OWNER.of(schema));
        };
    }

    private static String owner(String role) {
        return role.substring(0, SCHEMA_LENGTH) + OWNER_SUFFIX;
    }

    private static boolean isTenants(String role) {
        return TENANT_ROLE.matcher(role).matches();
    }
}
