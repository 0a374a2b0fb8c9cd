package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.Rotation;
import dev.bulkhead.api.v1beta1.RotationSpec;
import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.operator.backend.CredentialTrials;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.job.Job;
import dev.bulkhead.operator.job.JobStep;
import dev.bulkhead.operator.rotation.CredentialStep.Goal;
import dev.bulkhead.operator.rotation.ExchangePlanner.Rules;
import dev.bulkhead.operator.secret.DeliveredSecrets;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.workflow.TenantPods;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** From a Rotation to the steps that do it. */
public final class RotationJobs {
    /** For servers that are down and pods that roll, besides the time the profile gives to an old credential. */
    private static final Duration LONGEST = Duration.ofHours(2);

    private final RotationWorld world;
    private final KeyRingStore keyRings;
    private final CredentialWitness witness;
    private final Clock clock;

    /** Wired by hand. */
    public RotationJobs(
            RotationWorld world,
            KeyRingStore keyRings,
            CredentialTrials trials,
            DeliveredSecrets delivered,
            TenantPods pods,
            Clock clock) {
        this.world = world;
        this.keyRings = keyRings;
        this.witness = new CredentialWitness(trials, delivered, pods, world);
        this.clock = clock;
    }

    /** The job: a lane for each of what is exchanged. One that shuts at once is never given up. */
    Job of(Rotation rotation) {
        RotationSpec spec = rotation.getSpec();
        String by = rotation.getMetadata().getUid();
        TenantRings tenant = new TenantRings(spec.tenant(), world, keyRings);
        Supplier<Rules> rules = () -> rules(spec);
        Set<PartId> supplied = world.tenant(spec.tenant()).map(world.supplied()).orElse(Set.of());
        List<List<JobStep>> lanes = spec.parts().stream()
                .filter(what ->
                        !spec.what().isEmpty() // of all that there is, what the operator does not make is no part
                                || RotationSchedule.exchangeable(supplied).contains(what))
                .sorted()
                .map(what -> RotationSchedule.part(what)
                        .map(part -> supplied.contains(part)
                                ? List.<JobStep>of(new SuppliedKeyStep(what.name()))
                                : credential(new CredentialExchange(part, what, by), tenant, rules))
                        .orElseGet(() -> key(what, by, tenant)))
                .toList();
        return new Job(
                spec.tenant(),
                lanes,
                spec.atOnce() ? null : LONGEST.plus(rules.get().drainFor()));
    }

    private List<JobStep> credential(CredentialExchange exchange, TenantRings tenant, Supplier<Rules> rules) {
        return Arrays.stream(Goal.values())
                .<JobStep>map(goal -> new CredentialStep(goal, exchange, tenant, witness, keyRings, rules, clock))
                .toList();
    }

    private List<JobStep> key(Rotatable what, String by, TenantRings tenant) {
        return List.of(
                new KeyStep(what, false, by, tenant, keyRings, world, clock),
                new KeyStep(what, true, by, tenant, keyRings, world, clock));
    }

    private Rules rules(RotationSpec spec) {
        Instant now = clock.instant();
        TenantProfileSpec profile = world.tenant(spec.tenant())
                .flatMap(t -> world.profile().apply(t.getSpec().profile()))
                .orElse(null);
        return new Rules(spec.atOnce(), RotationSchedule.drainFor(profile, now));
    }
}
