package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.BackendStatus.Unclaimed;
import dev.bulkhead.operator.backend.BackendKind.BackendOpening;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ApiErrors;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at servers and stores of one kind, and compares their tenants with their plans, on threads of their own: a server
 * that takes its time keeps no tenant's pass from its turn, and no pass keeps a look from its.
 */
final class BackendRounds<R extends CustomResource<?, BackendStatus>, P> {
    private static final Logger LOG = LoggerFactory.getLogger(BackendRounds.class);

    private final BackendRegistry<R, P> registry;
    private final Consumer<String> concerns;
    private final Sweeps sweeps;
    private final ExecutorService threads;
    private final Clock clock;
    private final UnclaimedData unclaimed;
    private final Map<String, RoundState> states = new HashMap<>();

    /** @param running an object of that generation is looked at now; null when none is */
    private record RoundState(
            @Nullable Long running, @Nullable Round ended) {}

    /**
     * How a look at one ended.
     *
     * @param uid of the object that was looked at
     * @param generation of it
     * @param seen what it is like; null when it could not be looked at
     * @param trouble why it, or some of its tenants, could not be looked at; null when all could
     * @param lost of how many tenants it has lost the data
     * @param unclaimed data there that nobody claims, which may be of 0 tenants; null when that is not known now
     */
    record Round(
            String uid,
            @Nullable Long generation,
            OpenBackend.BackendLook.@Nullable Seen seen,
            @Nullable Finding trouble,
            LostData lost,
            @Nullable Unclaimed unclaimed) {
        private static Round away(HasMetadata object, Finding trouble) {
            return new Round(
                    object.getMetadata().getUid(),
                    object.getMetadata().getGeneration(),
                    null,
                    trouble,
                    LostData.NONE,
                    null);
        }

        /** Whether it is about this very object. */
        boolean isOf(HasMetadata object) {
            return uid.equals(object.getMetadata().getUid())
                    && Objects.equals(generation, object.getMetadata().getGeneration());
        }
    }

    private record Compared(@Nullable Finding trouble, LostData lost) {}

    BackendRounds(BackendRegistry<R, P> registry, BackendReconciler.LookSurroundings surroundings) {
        this.registry = registry;
        this.concerns = surroundings.concerns();
        this.sweeps = surroundings.sweeps();
        this.threads = surroundings.threads();
        this.clock = surroundings.clock();
        this.unclaimed = new UnclaimedData(surroundings.claimed(), registry::keyRing);
    }

    /** How the last look ended, unless that was told before. */
    synchronized Optional<Round> taken(String name) {
        RoundState state = states.get(name);
        if (state == null || state.ended() == null) {
            return Optional.empty();
        }
        states.put(name, new RoundState(state.running(), null));
        return Optional.of(state.ended());
    }

    /** Begins a look, unless one at this very object is under way. */
    synchronized void begin(R object, Runnable whenEnded) {
        String name = object.getMetadata().getName();
        Long generation = object.getMetadata().getGeneration();
        RoundState state = states.get(name);
        if (state != null && state.running() != null) {
            return; // whoever takes its end compares the generations
        }
        states.put(name, new RoundState(generation == null ? 0 : generation, state == null ? null : state.ended()));
        threads.execute(() -> run(object, whenEnded));
    }

    private void run(R object, Runnable whenEnded) {
        String name = object.getMetadata().getName();
        Round round = null;
        try {
            round = look(object);
        } catch (RuntimeException e) {
            round = Round.away(object, trouble(registry.kind().kind() + " " + name, e));
            ended(name, false);
        } finally {
            synchronized (this) {
                states.put(name, new RoundState(null, round));
            }
            try {
                registry.looked(name).forEach(concerns);
            } finally {
                whenEnded.run();
            }
        }
    }

    private static Finding trouble(String subject, RuntimeException e) {
        if (e instanceof KubernetesClientException api) {
            return ApiErrors.finding(subject, api);
        }
        LOG.atError().addKeyValue("backend", subject).setCause(e).log("internal error");
        return new Finding(Reason.InternalError, subject, "could not be looked at; tried again by itself");
    }

    private Round look(R object) {
        String name = object.getMetadata().getName();
        return switch (registry.open(object)) {
            case BackendOpening.Failed<P>(Finding finding) -> {
                ended(name, false);
                yield Round.away(object, finding);
            }
            case BackendOpening.Opened<P>(OpenBackend<P> backend) ->
                switch (backend.look()) {
                    case OpenBackend.BackendLook.Unseen(Finding finding) -> {
                        ended(name, false);
                        yield Round.away(object, finding);
                    }
                    case OpenBackend.BackendLook.Seen seen -> {
                        registry.can(name, seen.capabilities());
                        Compared compared = sweep(name, backend);
                        yield new Round(
                                object.getMetadata().getUid(),
                                object.getMetadata().getGeneration(),
                                seen,
                                compared.trouble(),
                                compared.lost(),
                                unclaimed.among(name, backend.marked()).orElse(null));
                    }
                };
        };
    }

    private Compared sweep(String name, OpenBackend<P> backend) {
        Instant began = clock.instant();
        Map<TenantIdentity, P> plans = registry.plans(name);
        OpenBackend.Swept swept = backend.sweep(plans);
        boolean done = swept.failures().isEmpty();
        sweeps.ended(registry.kind().metered(), done, Duration.between(began, clock.instant()));
        swept.drifted().forEach(identity -> {
            String tenant = registry.tenant(identity);
            // Each sweep would say again that data is gone; the Tenant says it once.
            if (registry.settled(identity) && !swept.gone().contains(identity)) {
                LOG.atInfo()
                        .addKeyValue("tenant", tenant)
                        .addKeyValue("backend", registry.kind().kind() + " " + name)
                        .log("drifted");
            }
            concerns.accept(tenant);
        });
        swept.unsettled().forEach(identity -> concerns.accept(registry.tenant(identity)));
        ended(name, done);
        return new Compared(
                done ? null : swept.failures().getFirst(),
                new LostData(swept.gone().size(), (int)
                        plans.values().stream().filter(registry.kind()::holds).count()));
    }

    /** Has the tenants told when nobody could look for too long, and when somebody could again. */
    private void ended(String name, boolean done) {
        if (registry.ended(name, done)) {
            registry.plans(name).keySet().forEach(identity -> concerns.accept(registry.tenant(identity)));
        }
    }
}
