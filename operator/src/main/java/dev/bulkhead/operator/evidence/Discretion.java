package dev.bulkhead.operator.evidence;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import java.util.Collection;
import java.util.List;

/**
 * What may stand where people of a tenant read: who else is a customer is none of their business, nor what the others'
 * schemas, buckets, namespaces and people are called. What was left out stands in the Incident and is printed by
 * {@code bulkhead verify}. Pure.
 */
@Pure
public final class Discretion {
    private static final String SOMEBODY = "another tenant";
    private static final String THEIRS = "what is another tenant's";
    private static final String KEPT_BACK = "the platform's administrators see more";

    private final Tenant self;
    private final Collection<Tenant> all;

    private Discretion(Tenant self, Collection<Tenant> all) {
        this.self = self;
        this.all = all;
    }

    /**
     * Towards the people of one tenant. Names are gone through only where something is to be told.
     *
     * @param all every Tenant there is
     */
    public static Discretion towards(Tenant self, Collection<Tenant> all) {
        return new Discretion(self, all);
    }

    /** Those that were not refused, each once, as they may be told. */
    public List<Trial> told(List<Trial> trials) {
        List<Trial> news = trials.stream()
                .filter(trial -> trial.result() != TrialResult.Blocked)
                .toList();
        if (news.isEmpty()) {
            return List.of();
        }
        OthersNames names = OthersNames.of(self, all);
        return news.stream()
                .map(trial -> new Trial(
                        trial.proves(),
                        trial.name(),
                        trial.kind(),
                        told(trial.attack(), names),
                        told(trial.check(), names)))
                .distinct()
                .toList();
    }

    private static Attempt told(Attempt attempt, OthersNames names) {
        return new Attempt(
                names.in(attempt.actor()) ? SOMEBODY : attempt.actor(),
                names.in(attempt.target()) ? THEIRS : attempt.target(),
                attempt.ending(),
                names.in(attempt.detail()) ? KEPT_BACK : attempt.detail());
    }
}
