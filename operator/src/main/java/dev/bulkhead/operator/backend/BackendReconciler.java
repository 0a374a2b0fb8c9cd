package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.BackendStatus.LeftBehind;
import dev.bulkhead.api.v1beta1.BackendStatus.Unclaimed;
import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.operator.backend.BackendRounds.Round;
import dev.bulkhead.operator.kube.ClusterEvents;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Conditions;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the servers or stores of one kind looked at, all the time, and says in their status how they are. The look itself
 * runs beside the passes; a pass only begins one, or writes what the last one found.
 *
 * @param <R> the object of one in the cluster
 * @param <P> what a tenant is to have on one
 */
public abstract class BackendReconciler<R extends CustomResource<?, BackendStatus>, P> implements Reconciler<R> {
    private static final Logger LOG = LoggerFactory.getLogger(BackendReconciler.class);
    private static final BackendStatus NOTHING =
            new BackendStatus(null, null, null, List.of(), List.of(), null, List.of());
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final BackendRounds<R, P> rounds;
    private final SimpleInboundEventSource<R> ends = new SimpleInboundEventSource<>("looks");
    private final Supplier<R> empty;
    private final Duration sweepInterval;
    private final Clock clock;
    private final ClusterEvents events;
    private final Consumer<IndexedResourceCache<R>> shared;

    /**
     * What looks happen in.
     *
     * @param concerns is told the name of every Tenant that has to be looked at again
     * @param sweeps told how long sweeps take
     * @param threads what looks run on
     * @param every how often each server or store is looked at while all is well
     * @param claimed suffixes of the names of every tenant that is here or has a Tombstone; empty while nobody can tell
     * @param events where it is told what is found
     */
    public record LookSurroundings(
            Consumer<String> concerns,
            Sweeps sweeps,
            ExecutorService threads,
            Duration every,
            Clock clock,
            Supplier<Optional<Set<String>>> claimed,
            ClusterEvents events) {}

    /**
     * Wired by hand.
     *
     * @param empty makes an object to write a status with
     * @param shared is given the cache, for whoever else needs it
     */
    protected BackendReconciler(
            BackendRegistry<R, P> registry,
            Supplier<R> empty,
            LookSurroundings surroundings,
            Consumer<IndexedResourceCache<R>> shared) {
        this.rounds = new BackendRounds<>(registry, surroundings);
        this.empty = empty;
        this.sweepInterval = surroundings.every();
        this.clock = surroundings.clock();
        this.events = surroundings.events();
        this.shared = shared;
    }

    @Override
    public List<EventSource<?, R>> prepareEventSources(EventSourceContext<R> context) {
        shared.accept(context.getPrimaryCache());
        return List.of(ends);
    }

    @Override
    public UpdateControl<R> reconcile(R object, Context<R> context) {
        Round round = rounds.taken(object.getMetadata().getName()).orElse(null);
        if (round == null) {
            begin(object);
            return UpdateControl.noUpdate();
        }
        if (!round.isOf(object)) { // it changed while it was looked at, or another took its name
            begin(object);
            return UpdateControl.noUpdate();
        }
        return report(object, status(object, round), round.trouble() == null ? sweepInterval : AGAIN);
    }

    private void begin(R object) {
        ResourceID id = ResourceID.fromResource(object);
        rounds.begin(object, () -> ends.propagateEvent(id));
    }

    /** Where it could not be looked at, what was known of it stays; it is only not reachable now. */
    private BackendStatus status(R object, Round round) {
        BackendStatus before = object.getStatus() == null ? NOTHING : object.getStatus();
        Conditions conditions = new Conditions(
                before.conditions(), clock.instant(), object.getMetadata().getGeneration());
        Unclaimed unclaimed = unclaimed(before, round);
        Finding trouble = round.trouble();
        if (trouble != null) {
            conditions.set(ConditionType.Ready, Status.False, trouble.reason(), trouble.text());
        } else if (round.lost().isTheServers()) {
            conditions.set(
                    ConditionType.Ready,
                    Status.False,
                    Reason.DataGone,
                    round.lost().told());
        } else if (round.seen() != null && round.seen().flaw() != null) {
            Finding flaw = round.seen().flaw();
            conditions.set(ConditionType.Ready, Status.False, flaw.reason(), flaw.text());
        } else if (round.seen() != null) {
            conditions.set(
                    ConditionType.Ready,
                    Status.True,
                    Reason.AsPlanned,
                    round.seen().message() + round.lost().aside() + aside(unclaimed));
        }
        OpenBackend.BackendLook.Seen seen = round.seen();
        return seen == null
                ? new BackendStatus(
                        object.getMetadata().getGeneration(),
                        before.version(),
                        before.tenants(),
                        before.load(),
                        before.capabilities(),
                        unclaimed,
                        conditions.list())
                : new BackendStatus(
                        object.getMetadata().getGeneration(),
                        seen.version(),
                        seen.tenants(),
                        seen.load(),
                        seen.capabilities(),
                        unclaimed,
                        conditions.list());
    }

    /** What was known of it stays until it is known anew. */
    private static @Nullable Unclaimed unclaimed(BackendStatus before, Round round) {
        Unclaimed now = round.unclaimed();
        if (now == null) {
            return before.unclaimed();
        }
        return now.count() == 0 ? null : now;
    }

    private static String aside(@Nullable Unclaimed unclaimed) {
        return unclaimed == null
                ? ""
                : "; what " + unclaimed.count() + " tenants that are not here left is kept, see status.unclaimed";
    }

    /** Said once, when there is more of it than before. */
    private void announce(R object, BackendStatus status) {
        Unclaimed now = status.unclaimed();
        Unclaimed before =
                object.getStatus() == null ? null : object.getStatus().unclaimed();
        if (now == null || !UnclaimedData.isNews(before, now)) {
            return;
        }
        String names = now.first().stream().map(LeftBehind::name).collect(Collectors.joining(", "));
        String note = names + (now.count() > now.first().size() ? " and others, " + now.count() + " in all" : "") + ": "
                + now.message();
        LOG.atInfo()
                .addKeyValue(
                        "backend", object.getKind() + " " + object.getMetadata().getName())
                .addKeyValue("reason", Reason.UnclaimedData)
                .log(note);
        events.publish(
                new ObjectReferenceBuilder()
                        .withApiVersion(object.getApiVersion())
                        .withKind(object.getKind())
                        .withName(object.getMetadata().getName())
                        .withUid(object.getMetadata().getUid())
                        .build(),
                true,
                Reason.UnclaimedData.name(),
                "Look",
                note);
    }

    private UpdateControl<R> report(R object, BackendStatus status, Duration again) {
        if (Objects.equals(object.getStatus(), status)) {
            return UpdateControl.<R>noUpdate().rescheduleAfter(again);
        }
        announce(object, status);
        R patch = empty.get();
        patch.setMetadata(
                new ObjectMetaBuilder().withName(object.getMetadata().getName()).build());
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch).rescheduleAfter(again);
    }
}
