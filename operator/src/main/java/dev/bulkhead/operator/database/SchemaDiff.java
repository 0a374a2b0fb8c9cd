package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.database.ObservedSchema.Namespace;
import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What lies between a plan and what was found. Pure. */
@Pure
sealed interface SchemaDiff {
    /**
     * The way there.
     *
     * @param statements in a safe order: what opens is taken away before anything is given
     * @param beyond what is wrong and no statement of the operator can mend
     */
    record Changes(List<SqlStatement> statements, List<Finding> beyond) implements SchemaDiff {
        /** Makes lists immutable. */
        public Changes {
            statements = List.copyOf(statements);
            beyond = List.copyOf(beyond);
        }

        /** Whether plan and world agree. */
        boolean none() {
            return statements.isEmpty() && beyond.isEmpty();
        }
    }

    /** Something of that name is not this tenant's. It is never adopted, changed or dropped. */
    record Conflict(Finding finding) implements SchemaDiff {}

    /** The difference. */
    static SchemaDiff between(SchemaPlan plan, ObservedSchema observed, DatabaseFacts facts) {
        Finding conflict = conflict(plan, observed, facts);
        if (conflict != null) {
            return new Conflict(conflict);
        }
        if (plan.closed() && observed.isAbsent()) {
            return new Changes(List.of(), List.of());
        }
        List<SqlStatement> statements = new ArrayList<>();
        RoleSteps roles = new RoleSteps(plan, observed, facts);
        AccessSteps access = new AccessSteps(plan, observed, facts);
        SettingSteps settings = new SettingSteps(plan, observed, facts);
        roles.administer(statements);
        roles.restrict(statements);
        access.takeAway(statements);
        settings.takeAway(statements);
        if (isLost(plan, observed)) {
            roles.leave(statements);
            return new Changes(statements, List.of(lost(plan)));
        }
        roles.create(statements);
        access.schema(statements);
        settings.give(statements);
        access.give(statements);
        roles.admit(statements);
        roles.leave(statements);
        List<Finding> beyond = new ArrayList<>();
        observed.strays().forEach(stray -> beyond.add(new Finding(Reason.Conflict, stray.subject(), stray.message())));
        if (observed.tooLarge() && !plan.closed()) {
            beyond.add(new Finding(
                    Reason.CatalogueTooLarge,
                    "schema " + plan.schema() + " in database " + plan.database(),
                    "holds more than " + CatalogueQueries.MOST_THINGS
                            + " tables, functions, types and large objects, rights"
                            + " on them included; what of them is open to others is not looked at. Drop what is not"
                            + " needed."));
        }
        return new Changes(statements, beyond);
    }

    /** Whether the schema was made and is not there any more. Of such a tenant things are only taken away. */
    static boolean isLost(SchemaPlan plan, ObservedSchema observed) {
        return plan.made() && !plan.closed() && observed.schema() == null;
    }

    private static Finding lost(SchemaPlan plan) {
        return new Finding(
                Reason.DataGone,
                "schema " + plan.schema() + " in database " + plan.database(),
                "was made and is not there any more: the database was emptied, restored to a time before this tenant, or"
                        + " is another one than before. Nothing is made anew. Restore the schema, or correct the"
                        + " DatabaseServer, and the tenant goes on by itself");
    }

    private static @Nullable Finding conflict(SchemaPlan plan, ObservedSchema observed, DatabaseFacts facts) {
        Namespace schema = observed.schema();
        if (schema != null && !ours(plan, schema, observed)) {
            return foreign(plan, "schema " + schema.name());
        }
        for (RoleKind kind : RoleKind.values()) {
            ObservedSchema.ObservedRole role = observed.roles().get(plan.name(kind));
            if (role != null && !ours(plan, role, observed, facts)) {
                return foreign(plan, "role " + role.name());
            }
        }
        return null;
    }

    /** By its mark; or, when somebody took the mark off, because a role that carries it owns the schema. */
    private static boolean ours(SchemaPlan plan, Namespace schema, ObservedSchema observed) {
        if (Objects.equals(schema.comment(), plan.mark())) {
            return true;
        }
        ObservedSchema.ObservedRole owner = observed.roles().get(plan.name(RoleKind.OWNER));
        return !SchemaPlan.isMark(schema.comment())
                && owner != null
                && schema.owner().equals(owner.name())
                && Objects.equals(owner.comment(), plan.mark());
    }

    /**
     * By its mark; or, when somebody took the mark off, because the schema carries it and something says so that nobody but
     * the operator can have made.
     */
    private static boolean ours(
            SchemaPlan plan, ObservedSchema.ObservedRole role, ObservedSchema observed, DatabaseFacts facts) {
        if (Objects.equals(role.comment(), plan.mark())) {
            return true;
        }
        Namespace schema = observed.schema();
        return !SchemaPlan.isMark(role.comment())
                && schema != null
                && Objects.equals(schema.comment(), plan.mark())
                && (observed.memberships().stream()
                                .anyMatch(found -> found.role().equals(role.name()) && made(plan, found, facts))
                        || (!facts.membershipOptions() && used(plan, role.name(), schema, observed, facts)));
    }

    /** A membership that comes to be in the transaction that creates the role, and never else. */
    private static boolean made(SchemaPlan plan, ObservedSchema.ObservedMembership found, DatabaseFacts facts) {
        String owner = plan.name(RoleKind.OWNER);
        Administration administration = Administration.of(facts);
        String member = found.role().equals(owner) ? administration.administrator(owner) : owner;
        boolean administered =
                facts.membershipOptions() && found.admin() && found.member().equals(member);
        boolean operators = found.member().equals(facts.operator())
                && found.settable()
                && (facts.superuser() || facts.operator().equals(found.grantor()));
        return administered || operators;
    }

    /** Before PostgreSQL 16 no membership tells who created a role; what it was given for its use does. */
    private static boolean used(
            SchemaPlan plan, String role, Namespace schema, ObservedSchema observed, DatabaseFacts facts) {
        return schema.owner().equals(role)
                || schema.rights().stream().anyMatch(right -> role.equals(right.grantee()))
                || observed.memberships().stream()
                        .anyMatch(found -> found.member().equals(role)
                                && found.role().equals(plan.name(RoleKind.APP))
                                && facts.operator().equals(found.grantor()));
    }

    private static Finding foreign(SchemaPlan plan, String subject) {
        return new Finding(
                Reason.Conflict,
                subject + " in database " + plan.database(),
                "exists and does not carry this tenant's mark, so it is left alone. Rename or drop it, or, if it is"
                        + " this tenant's after a restore, set its comment to '" + plan.mark() + "'.");
    }
}
