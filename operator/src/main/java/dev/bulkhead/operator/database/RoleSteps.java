package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.database.SchemaPlan.PlannedRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The five roles: their attributes, marks and memberships. Pure. */
@Pure
final class RoleSteps {
    private static final String OPTIONS = " WITH INHERIT FALSE, SET TRUE";

    private final SchemaPlan plan;
    private final ObservedSchema observed;
    private final DatabaseFacts facts;

    RoleSteps(SchemaPlan plan, ObservedSchema observed, DatabaseFacts facts) {
        this.plan = plan;
        this.observed = observed;
        this.facts = facts;
    }

    /** Lets the operator become the roles that exist: most of what follows runs as one of them. */
    void becomable(List<SqlStatement> statements) {
        becomable(plan.roles().stream().map(PlannedRole::name).toList(), statements);
    }

    /** The same for these roles only. */
    void becomable(List<String> roles, List<SqlStatement> statements) {
        for (String role : roles) {
            if (exists(role) && !operatorIsMember(role)) {
                statements.add(toOperator(role));
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
            if (possible && observed.memberships().stream().noneMatch(found -> is(found, wanted))) {
                statements.add(SqlStatement.operator(
                        "membership of role " + wanted.member() + " in role " + wanted.role(),
                        "GRANT " + SqlNames.name(wanted.role()) + " TO " + SqlNames.name(wanted.member()) + options()));
            }
        }
    }

    /** Log-in comes last: whoever may log in finds everything in place. */
    void admit(List<SqlStatement> statements) {
        for (PlannedRole role : plan.roles()) {
            ObservedSchema.ObservedRole found = observed.roles().get(role.name());
            if (found != null && role.login() && !found.login()) {
                statements.add(new SqlStatement.Password(role.name()));
                statements.add(alter(role.name(), List.of("LOGIN")));
            }
        }
    }

    private void create(PlannedRole role, List<SqlStatement> statements) {
        String limit = role.connectionLimit() < 0 ? "" : " CONNECTION LIMIT " + role.connectionLimit();
        statements.add(SqlStatement.operator(
                subject(role.name()),
                "CREATE ROLE " + SqlNames.name(role.name()) + (role.login() ? " LOGIN" : " NOLOGIN") + " NOINHERIT"
                        + limit));
        if (role.login()) {
            statements.add(new SqlStatement.Password(role.name()));
        }
        statements.add(mark(role.name()));
        statements.add(toOperator(role.name()));
    }

    private void restrict(PlannedRole role, ObservedSchema.ObservedRole found, List<SqlStatement> statements) {
        List<String> attributes = new ArrayList<>(found.excess());
        if (found.login() && !role.login()) {
            attributes.add("NOLOGIN");
        }
        if (found.connectionLimit() != role.connectionLimit()) {
            attributes.add("CONNECTION LIMIT " + role.connectionLimit());
        }
        if (found.expires()) {
            attributes.add("VALID UNTIL 'infinity'");
        }
        if (!attributes.isEmpty()) {
            statements.add(alter(role.name(), attributes));
        }
    }

    private void restrict(ObservedSchema.ObservedMembership found, List<SqlStatement> statements) {
        SchemaPlan.PlannedMembership same = new SchemaPlan.PlannedMembership(found.role(), found.member());
        if (found.member().equals(facts.operator())) {
            // A membership somebody else gave the operator opens nothing to tenants; only its own is kept in shape.
            if (found.inherits() && byOperator(found) && exists(found.role())) {
                statements.add(toOperator(found.role()));
            }
        } else if (!plan.memberships().contains(same)) {
            statements.add(revoke("", found));
        } else if (found.admin()) {
            statements.add(revoke("ADMIN OPTION FOR ", found));
        } else if (found.inherits()) {
            statements.add(revoke("INHERIT OPTION FOR ", found));
        }
    }

    private SqlStatement revoke(String option, ObservedSchema.ObservedMembership found) {
        String grantor = facts.membershipOptions() && found.grantor() != null && !byOperator(found)
                ? " GRANTED BY " + SqlNames.name(found.grantor())
                : "";
        return SqlStatement.operator(
                "membership of role " + found.member() + " in role " + found.role(),
                "REVOKE " + option + SqlNames.name(found.role()) + " FROM " + SqlNames.name(found.member()) + grantor
                        + " CASCADE");
    }

    private boolean operatorIsMember(String role) {
        return observed.memberships().stream()
                .anyMatch(found ->
                        found.role().equals(role) && found.member().equals(facts.operator()) && found.settable());
    }

    private boolean byOperator(ObservedSchema.ObservedMembership found) {
        return facts.operator().equals(found.grantor());
    }

    private boolean is(ObservedSchema.ObservedMembership found, SchemaPlan.PlannedMembership wanted) {
        return found.role().equals(wanted.role()) && found.member().equals(wanted.member()) && found.settable();
    }

    private boolean exists(String role) {
        return observed.roles().containsKey(role);
    }

    private boolean willExist(String role) {
        return exists(role) || !plan.closed();
    }

    private SqlStatement toOperator(String role) {
        return SqlStatement.operator(
                "membership of the operator in role " + role,
                "GRANT " + SqlNames.name(role) + " TO CURRENT_USER" + options());
    }

    private SqlStatement mark(String role) {
        return SqlStatement.operator(
                "mark of role " + role,
                "COMMENT ON ROLE " + SqlNames.name(role) + " IS " + SqlNames.literal(plan.mark()));
    }

    private static SqlStatement alter(String role, List<String> attributes) {
        return SqlStatement.operator(
                subject(role), "ALTER ROLE " + SqlNames.name(role) + " " + String.join(" ", attributes));
    }

    private static String subject(@Nullable String role) {
        return "role " + role;
    }

    private String options() {
        return facts.membershipOptions() ? OPTIONS : "";
    }
}
