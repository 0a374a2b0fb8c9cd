package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.database.SchemaPlan.PlannedRole;
import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The five roles: their attributes, marks and memberships, and who administers them. Pure. */
@Pure
final class RoleSteps {
    private static final String OPTIONS = " WITH INHERIT FALSE, SET TRUE";
    private static final String NO_CREATEROLE = "NOCREATEROLE";
    private static final String NO_SUPERUSER = "NOSUPERUSER";

    /** What since PostgreSQL 16 nobody may give or take who does not have it; an owner role has CREATEROLE alone. */
    private static final List<String> OPERATORS = List.of(NO_SUPERUSER, "NOCREATEDB", "NOREPLICATION", "NOBYPASSRLS");

    private final SchemaPlan plan;
    private final ObservedSchema observed;
    private final DatabaseFacts facts;
    private final Administration administration;

    RoleSteps(SchemaPlan plan, ObservedSchema observed, DatabaseFacts facts) {
        this.plan = plan;
        this.observed = observed;
        this.facts = facts;
        this.administration = Administration.of(facts);
    }

    /** Hands the roles that exist to those that are to administer them: all that follows is done by their right. */
    void administer(List<SqlStatement> statements) {
        ObservedSchema.ObservedRole owner = observed.roles().get(owner());
        if (administration.way() != Administration.Way.ADMINISTRATOR || owner == null) {
            return;
        }
        String administrator = administration.administrator(owner());
        if (!administers(administrator, owner())) {
            statements.add(SqlStatement.operator(
                    membership(administrator, owner()),
                    "GRANT " + SqlNames.name(owner()) + " TO " + SqlNames.name(administrator)
                            + " WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"));
        }
        if (!owner.excess().contains(NO_CREATEROLE)) {
            statements.add(alter(owner(), List.of("CREATEROLE")));
        }
        administerOthers(statements);
    }

    /** The owner role administers the tenant's other roles, and can become each. */
    private void administerOthers(List<SqlStatement> statements) {
        for (PlannedRole role : plan.roles()) {
            if (role.name().equals(owner()) || !exists(role.name())) {
                continue;
            }
            String subject = membership(owner(), role.name());
            if (!administers(owner(), role.name())) {
                statements.add(SqlStatement.operator(
                        subject,
                        "GRANT " + SqlNames.name(role.name()) + " TO " + SqlNames.name(owner())
                                + " WITH ADMIN TRUE, INHERIT FALSE, SET TRUE"));
            } else if (observed.memberships().stream().noneMatch(found -> is(found, role.name(), owner()))) {
                statements.add(toOwner(role.name()));
            }
        }
    }

    /** Takes attributes, log-in and memberships away. */
    void restrict(List<SqlStatement> statements) {
        for (PlannedRole role : plan.roles()) {
            ObservedSchema.ObservedRole found = observed.roles().get(role.name());
            if (found != null) {
                restrict(role, found, statements);
            }
        }
        for (ObservedSchema.ObservedMembership membership : observed.memberships()) {
            restrict(membership, statements);
        }
    }

    /** Creates what is missing, marks it, and lets logins become the application role. */
    void create(List<SqlStatement> statements) {
        for (PlannedRole role : plan.roles()) {
            ObservedSchema.ObservedRole found = observed.roles().get(role.name());
            if (found == null && !plan.closed()) {
                create(role, statements);
            } else if (found != null && !Objects.equals(found.comment(), plan.mark())) {
                statements.add(mark(role.name()));
            }
        }
        for (SchemaPlan.PlannedMembership wanted : plan.memberships()) {
            boolean possible = willExist(wanted.role()) && willExist(wanted.member());
            if (possible
                    && observed.memberships().stream().noneMatch(found -> is(found, wanted.role(), wanted.member()))) {
                statements.add(SqlStatement.as(
                        administration.over(wanted.role()),
                        membership(wanted.member(), wanted.role()),
                        "GRANT " + SqlNames.name(wanted.role()) + " TO " + SqlNames.name(wanted.member()) + options()));
            }
        }
    }

    /** Log-in comes last: whoever may log in finds everything in place. */
    void admit(List<SqlStatement> statements) {
        for (PlannedRole role : plan.roles()) {
            ObservedSchema.ObservedRole found = observed.roles().get(role.name());
            if (found != null && role.login() && !found.login()) {
                statements.add(password(role.name()));
                statements.add(alter(role.name(), List.of("LOGIN")));
            }
        }
    }

    /** Ends memberships the operator no longer needs, after the last statement that may have needed them. */
    void leave(List<SqlStatement> statements) {
        for (ObservedSchema.ObservedMembership found : observed.memberships()) {
            if (found.member().equals(facts.operator()) && exists(found.role()) && standing(found)) {
                statements.add(SqlStatement.as(
                        byOperator(found) ? null : found.grantor(),
                        "membership of the operator in role " + found.role(),
                        Administration.shut(found.role())));
            }
        }
    }

    /**
     * Whether the operator was let in for good: by an earlier version, or by one that died in the middle. What it holds as
     * the role's maker cannot be taken back and does not let it in, and what somebody else gave it opens nothing to tenants.
     */
    private boolean standing(ObservedSchema.ObservedMembership found) {
        return switch (administration.way()) {
            case SUPERUSER -> false;
            case MEMBER -> true;
            case ADMINISTRATOR ->
                byOperator(found) || administration.administrator(owner()).equals(found.grantor());
        };
    }

    private void create(PlannedRole role, List<SqlStatement> statements) {
        boolean owner = role.name().equals(owner());
        boolean administered = administration.way() == Administration.Way.ADMINISTRATOR;
        String limit = role.connectionLimit() < 0 ? "" : " CONNECTION LIMIT " + role.connectionLimit();
        statements.add(SqlStatement.as(
                administration.over(role.name()),
                subject(role.name()),
                "CREATE ROLE " + SqlNames.name(role.name()) + (role.login() ? " LOGIN" : " NOLOGIN") + " NOINHERIT"
                        + (owner && administered ? " CREATEROLE" : "") + limit));
        if (role.login()) {
            statements.add(password(role.name()));
        }
        statements.add(mark(role.name()));
        if (administered && owner) {
            administerOthers(statements);
        } else if (administered) {
            statements.add(toOwner(role.name()));
        }
    }

    private void restrict(PlannedRole role, ObservedSchema.ObservedRole found, List<SqlStatement> statements) {
        List<String> attributes = new ArrayList<>(found.excess());
        if (role.name().equals(owner()) && administration.way() == Administration.Way.ADMINISTRATOR) {
            attributes.remove(NO_CREATEROLE);
        }
        if (found.login() && !role.login()) {
            attributes.add("NOLOGIN");
        }
        if (found.connectionLimit() != role.connectionLimit()) {
            attributes.add("CONNECTION LIMIT " + role.connectionLimit());
        }
        if (found.expires()) {
            attributes.add("VALID UNTIL 'infinity'");
        }
        List<String> operators = administration.way() == Administration.Way.ADMINISTRATOR
                ? attributes.stream().filter(OPERATORS::contains).toList()
                : List.of();
        attributes.removeAll(operators);
        if (operators.contains(NO_SUPERUSER) && !role.name().equals(owner())) {
            // A superuser may be lowered by nobody but a superuser, and the way into this one stands.
            statements.add(SqlStatement.as(
                    role.name(),
                    subject(role.name()),
                    "ALTER ROLE " + SqlNames.name(role.name()) + " " + String.join(" ", operators)));
            operators = List.of();
        }
        if (!attributes.isEmpty()) {
            statements.add(alter(role.name(), attributes));
        }
        if (!operators.isEmpty()) {
            takeAway(role.name(), operators, statements);
        }
    }

    /** The operator administers the role for as long as it takes away what only who has it may take away. */
    private void takeAway(String role, List<String> attributes, List<SqlStatement> statements) {
        String name = SqlNames.name(role);
        String all = role.equals(owner()) ? "ADMIN OPTION FOR " : ""; // into the owner role it may have to go once more
        statements.add(SqlStatement.as(
                administration.over(role),
                subject(role),
                "GRANT " + name + " TO SESSION_USER WITH ADMIN TRUE, INHERIT FALSE"));
        statements.add(SqlStatement.operator(subject(role), "ALTER ROLE " + name + " " + String.join(" ", attributes)));
        statements.add(SqlStatement.as(
                administration.over(role), subject(role), "REVOKE " + all + name + " FROM SESSION_USER"));
    }

    private void restrict(ObservedSchema.ObservedMembership found, List<SqlStatement> statements) {
        SchemaPlan.PlannedMembership same = new SchemaPlan.PlannedMembership(found.role(), found.member());
        if (found.member().equals(facts.operator())) {
            return; // see leave
        }
        if (!administrative(found) && !plan.memberships().contains(same)) {
            statements.add(revoke("", found));
        } else if (found.admin() && !administrative(found)) {
            statements.add(revoke("ADMIN OPTION FOR ", found));
        } else if (found.inherits()) {
            statements.add(revoke("INHERIT OPTION FOR ", found));
        }
    }

    /** Whether it is one by which the tenant's roles are administered. */
    private boolean administrative(ObservedSchema.ObservedMembership found) {
        return administration.way() != Administration.Way.MEMBER
                && exists(found.role())
                && (found.role().equals(owner())
                        ? found.member().equals(administration.administrator(owner()))
                        : found.member().equals(owner()));
    }

    /** Only who made a grant, or has that role's rights, can take it back. */
    private SqlStatement revoke(String option, ObservedSchema.ObservedMembership found) {
        @Nullable String as = null;
        String by = "";
        String grantor = found.grantor();
        if (facts.membershipOptions() && grantor != null && !byOperator(found)) {
            if (administration.administers(grantor)) {
                as = grantor;
            } else {
                by = " GRANTED BY " + SqlNames.name(grantor);
            }
        }
        return SqlStatement.as(
                as,
                membership(found.member(), found.role()),
                "REVOKE " + option + SqlNames.name(found.role()) + " FROM " + SqlNames.name(found.member()) + by
                        + " CASCADE");
    }

    private boolean administers(String member, String role) {
        return observed.memberships().stream()
                .anyMatch(found -> found.role().equals(role) && found.member().equals(member) && found.admin());
    }

    private boolean byOperator(ObservedSchema.ObservedMembership found) {
        return facts.operator().equals(found.grantor());
    }

    private static boolean is(ObservedSchema.ObservedMembership found, String role, String member) {
        return found.role().equals(role) && found.member().equals(member) && found.settable();
    }

    private String owner() {
        return plan.name(RoleKind.OWNER);
    }

    private boolean exists(String role) {
        return observed.roles().containsKey(role);
    }

    private boolean willExist(String role) {
        return exists(role) || !plan.closed();
    }

    private SqlStatement toOwner(String role) {
        return SqlStatement.as(
                owner(), membership(owner(), role), "GRANT " + SqlNames.name(role) + " TO CURRENT_USER" + options());
    }

    private SqlStatement password(String role) {
        return new SqlStatement.Password(role, administration.over(role));
    }

    private SqlStatement mark(String role) {
        return SqlStatement.as(
                administration.over(role),
                "mark of role " + role,
                "COMMENT ON ROLE " + SqlNames.name(role) + " IS " + SqlNames.literal(plan.mark()));
    }

    private SqlStatement alter(String role, List<String> attributes) {
        return SqlStatement.as(
                administration.over(role),
                subject(role),
                "ALTER ROLE " + SqlNames.name(role) + " " + String.join(" ", attributes));
    }

    private static String membership(String member, String role) {
        return "membership of role " + member + " in role " + role;
    }

    private static String subject(@Nullable String role) {
        return "role " + role;
    }

    private String options() {
        return facts.membershipOptions() ? OPTIONS : "";
    }
}
