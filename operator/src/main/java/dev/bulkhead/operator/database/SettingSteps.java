package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.database.SchemaPlan.PlannedSetting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What sessions of the tenant's roles start with. Pure. */
@Pure
final class SettingSteps {
    private final SchemaPlan plan;
    private final ObservedSchema observed;
    private final Administration administration;

    /** Roles whose settings in this database are reset as a whole, and given again. */
    private final Set<String> reset = new HashSet<>();

    SettingSteps(SchemaPlan plan, ObservedSchema observed, DatabaseFacts facts) {
        this.plan = plan;
        this.observed = observed;
        this.administration = Administration.of(facts);
    }

    /** Removes what is not planned: the names are a tenant's, so everything goes at once and no name is repeated. */
    void takeAway(List<SqlStatement> statements) {
        for (ObservedSchema.ObservedSetting found : observed.settings()) {
            boolean here = plan.database().equals(found.database());
            if (!here) {
                statements.add(resetAll(found));
            } else if (!names(found).stream().allMatch(name -> planned(found.role(), name))) {
                statements.add(resetAll(found));
                reset.add(found.role());
            }
        }
    }

    /** Sets what is missing or different. */
    void give(List<SqlStatement> statements) {
        for (PlannedSetting wanted : plan.settings()) {
            boolean possible = observed.roles().containsKey(wanted.role()) || !plan.closed();
            if (possible && !holds(wanted)) {
                statements.add(set(wanted));
            }
        }
    }

    private boolean holds(PlannedSetting wanted) {
        return !reset.contains(wanted.role())
                && observed.settings().stream()
                        .filter(found ->
                                found.role().equals(wanted.role()) && Objects.equals(found.database(), plan.database()))
                        .anyMatch(found -> found.entries().contains(wanted.stored()));
    }

    private boolean planned(String role, String name) {
        return plan.settings().stream()
                .anyMatch(
                        setting -> setting.role().equals(role) && setting.name().equals(name));
    }

    private static List<String> names(ObservedSchema.ObservedSetting found) {
        List<String> names = new ArrayList<>();
        for (String entry : found.entries()) {
            int equals = entry.indexOf('=');
            names.add(equals < 0 ? entry : entry.substring(0, equals));
        }
        return names;
    }

    private SqlStatement resetAll(ObservedSchema.ObservedSetting found) {
        String where = found.database() == null ? "" : " IN DATABASE " + SqlNames.name(found.database());
        return SqlStatement.as(
                administration.over(found.role()),
                "settings of role " + found.role(),
                "ALTER ROLE " + SqlNames.name(found.role()) + where + " RESET ALL");
    }

    private SqlStatement set(PlannedSetting wanted) {
        String values = wanted.values().stream().map(SqlNames::literal).collect(Collectors.joining(", "));
        return SqlStatement.as(
                administration.over(wanted.role()),
                "setting " + wanted.name() + " of role " + wanted.role(),
                "ALTER ROLE " + SqlNames.name(wanted.role()) + " IN DATABASE " + SqlNames.name(plan.database())
                        + " SET " + wanted.name() + " = " + values);
    }
}
