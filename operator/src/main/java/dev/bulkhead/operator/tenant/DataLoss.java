package dev.bulkhead.operator.tenant;

import dev.bulkhead.operator.identity.DataState;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.secret.TenantState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pass means for what is remembered of a tenant's data: that it was made, that it is gone, that a person has given
 * it up. A loss has a name of its own, with the time at which it was found, so that nobody can give up one that has yet to
 * come. Pure.
 *
 * @param state to be remembered
 * @param applied with words on what to do about a loss
 * @param givenUp the losses that were given up now
 */
record DataLoss(TenantState state, Applied applied, List<String> givenUp) {
    /**
     * Annotation of a Tenant: losses that a person gives up, as the condition names them, separated by commas. Whoever may
     * write it may write the Tenant.
     */
    static final String ACCEPT = "bulkhead.dev/accept-data-loss";

    DataLoss {
        givenUp = List.copyOf(givenUp);
    }

    /**
     * Looks at what came of a pass.
     *
     * @param before what was remembered when the pass began
     * @param closed whether the plan was one that makes nothing
     * @param accepted value of {@link #ACCEPT}, or null
     */
    static DataLoss of(
            String tenant,
            TenantIdentity identity,
            TenantState before,
            Applied applied,
            boolean closed,
            @Nullable String accepted,
            Instant now) {
        Map<PartId, TenantState.RememberedPart> parts = new EnumMap<>(PartId.class);
        Map<PartId, List<Outcome>> outcomes = new EnumMap<>(PartId.class);
        outcomes.putAll(applied.outcomes());
        List<String> givenUp = new ArrayList<>();
        before.parts().forEach((part, kept) -> {
            DataState data = kept.data();
            if (isGone(applied, part)) {
                data = data.missing(now);
                String loss = name(part, identity) + "@" + data.gone();
                boolean given = names(accepted, loss);
                outcomes.put(
                        part,
                        applied.outcomes().getOrDefault(part, List.of()).stream()
                                .map(outcome -> told(outcome, tenant, loss, given))
                                .toList());
                if (given) {
                    data = data.given();
                    givenUp.add(loss);
                }
            } else if (applied.done(part) && !closed) {
                data = data.found();
            }
            parts.put(part, kept.with(data));
        });
        return new DataLoss(before.with(parts), new Applied(outcomes), givenUp);
    }

    private static boolean isGone(Applied applied, PartId part) {
        return applied.outcomes().getOrDefault(part, List.of()).stream().anyMatch(DataLoss::isGone);
    }

    private static boolean isGone(Outcome outcome) {
        return outcome instanceof Outcome.Blocked(Finding finding) && finding.reason() == Reason.DataGone;
    }

    private static boolean names(@Nullable String accepted, String loss) {
        return accepted != null
                && Arrays.stream(accepted.split(",", -1)).map(String::strip).anyMatch(loss::equals);
    }

    private static Outcome told(Outcome outcome, String tenant, String loss, boolean given) {
        if (!(outcome instanceof Outcome.Blocked(Finding finding)) || finding.reason() != Reason.DataGone) {
            return outcome;
        }
        return given
                ? new Outcome.Waiting(new Finding(Reason.DataGone, finding.subject(), "was given up, and is made anew"))
                : new Outcome.Blocked(new Finding(
                        Reason.DataGone,
                        finding.subject(),
                        finding.message() + ". To give up what was in it, and begin anew: kubectl annotate tenant "
                                + tenant + " --overwrite " + ACCEPT + "=" + loss));
    }

    private static String name(PartId part, TenantIdentity identity) {
        return part + "/" + identity.name(part);
    }
}
