package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.TenantProofs;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.TenantEvents;
import dev.bulkhead.operator.lifecycle.Removal;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way of one Tenant event: observe, validate, plan, apply, report. */
@ControllerConfiguration(name = "tenant", finalizerName = "bulkhead.dev/tenant")
public final class TenantReconciler implements Reconciler<Tenant>, Cleaner<Tenant> {
    private static final Logger LOG = LoggerFactory.getLogger(TenantReconciler.class);

    /** Secrets are not watched: each tenant comes by at least this often. */
    private static final Duration EVERY = Duration.ofMinutes(8);

    private static final Duration OVERDUE = Duration.ofSeconds(30);

    private static final int STAGGER_SECONDS = 120;

    private final TenantWatches watches;
    /** How often one pass takes back that nothing was made, before it comes again. */
    private static final int BEGINNINGS = 2;

    private final TenantPipeline pipeline;
    private final Removal removal;
    private final TenantEvents events;
    private final Clock clock;
    private final Map<String, Instant> applied = new ConcurrentHashMap<>();
    private final Backoff patience = new Backoff();

    /** Wired by hand. */
    public TenantReconciler(
            TenantWatches watches, TenantPipeline pipeline, Removal removal, TenantEvents events, Clock clock) {
        this.watches = watches;
        this.pipeline = pipeline;
        this.removal = removal;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, Tenant>> prepareEventSources(EventSourceContext<Tenant> context) {
        return watches.prepare(context);
    }

    @Override
    public UpdateControl<Tenant> reconcile(Tenant found, Context<Tenant> context) {
        Tenant tenant = found;
        TenantPipeline.PassResult result = pass(tenant);
        for (int begun = 0; result.begins(); begun++) {
            if (begun == BEGINNINGS) {
                return UpdateControl.<Tenant>noUpdate().rescheduleAfter(soon(tenant)); // another writer holds the field
            }
            // What came back may have been changed, or deleted, while that was still allowed.
            tenant = written(tenant, Objects.requireNonNull(result.status()), context);
            if (tenant.isMarkedForDeletion()) {
                return UpdateControl.noUpdate();
            }
            result = pass(tenant);
        }
        if (result.applied()) {
            applied.put(tenant.getMetadata().getUid(), clock.instant());
        }
        TenantStatus status = result.status();
        if (status != null) {
            announce(tenant, status);
        }
        if (status != null && !Objects.equals(tenant.getStatus(), status)) {
            written(tenant, status, context);
        }
        Duration again = result.settled() ? later(tenant) : soon(tenant);
        Duration pods = result.applied() ? untilPodsTell(result.status(), again) : again;
        return UpdateControl.<Tenant>noUpdate().rescheduleAfter(untilShut(result.status(), pods));
    }

    private TenantPipeline.PassResult pass(Tenant tenant) {
        TenantReport report = report(tenant);
        try {
            return pipeline.run(tenant, report);
        } catch (RuntimeException e) {
            return unexpected(tenant, report, e);
        }
    }

    /**
     * Writes a status. The answer goes into the cache: our own objects' events start the next pass before the watch tells
     * of the new status, and it would announce and write the same change again.
     */
    private static Tenant written(Tenant tenant, TenantStatus status, Context<Tenant> context) {
        return PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(tenant, withStatus(tenant, status), context);
    }

    @Override
    public DeleteControl cleanup(Tenant tenant, Context<Tenant> context) {
        return switch (removal.proceed(tenant, pipeline.untouched(tenant))) {
            case Removal.RemovalStep.Finished _ -> {
                patience.forget(tenant.getMetadata().getUid());
                applied.remove(tenant.getMetadata().getUid());
                pipeline.forget(TenantIdentity.of(tenant), tenant.getMetadata().getName());
                LOG.atInfo()
                        .addKeyValue("tenant", tenant.getMetadata().getName())
                        .log("removed");
                yield DeleteControl.defaultDelete();
            }
            case Removal.RemovalStep.Again _ ->
                DeleteControl.noFinalizerRemoval().rescheduleAfter(soon(tenant).toMillis());
            case Removal.RemovalStep.NotAllowed _ -> DeleteControl.noFinalizerRemoval();
        };
    }

    private TenantReport report(Tenant tenant) {
        return new TenantReport(
                tenant.getStatus(),
                tenant.getMetadata().getGeneration(),
                clock.instant(),
                applied.get(tenant.getMetadata().getUid()),
                proofs(tenant));
    }

    /** What was proven of a tenant that nobody attacks any more says nothing of it as it is now. */
    private TenantProofs proofs(Tenant tenant) {
        TenantProofs found = watches.proofs(tenant);
        return Subject.unprobed(tenant).map(found::lapsed).orElse(found);
    }

    /** Something nobody thought of: status gives a number, the log gives the rest. */
    private static TenantPipeline.PassResult unexpected(Tenant tenant, TenantReport report, RuntimeException e) {
        String correlation = UUID.randomUUID().toString().substring(0, 8);
        LOG.atError()
                .addKeyValue("tenant", tenant.getMetadata().getName())
                .addKeyValue("correlation", correlation)
                .setCause(e)
                .log("internal error");
        return new TenantPipeline.PassResult(
                report.broken(TenantIdentity.of(tenant).value(), correlation), false, false);
    }

    /** One line and one Event per change of state, none when nothing changed. */
    private void announce(Tenant tenant, TenantStatus status) {
        StateChange.between(tenant.getStatus(), status).ifPresent(change -> {
            LOG.atInfo()
                    .addKeyValue("tenant", tenant.getMetadata().getName())
                    .addKeyValue("phase", status.phase())
                    .addKeyValue("reason", change.reason())
                    .log(change.note());
            events.publish(tenant, change.warning(), change.reason(), change.note());
        });
    }

    /** Why a pod does not come up stands in the pod alone, which is not watched. */
    private Duration untilPodsTell(@Nullable TenantStatus status, Duration again) {
        return Stream.ofNullable(status)
                .flatMap(said -> said.conditions().stream())
                .filter(c -> ConditionType.WorkloadsAvailable.is(c)
                        && c.status() == Condition.Status.False
                        && !c.reason().equals(Reason.Suspended.name()))
                .map(c -> Backoff.asLongAgain(Duration.between(Instant.parse(c.lastTransitionTime()), clock.instant())))
                .filter(look -> look.compareTo(again) < 0)
                .findFirst()
                .orElse(again);
    }

    /** An old credential is shut on time, so the pass that does it may not come later. */
    private Duration untilShut(@Nullable TenantStatus status, Duration again) {
        if (status == null || status.rotation() == null || status.rotation().oldUntil() == null) {
            return again;
        }
        Duration left = Duration.between(
                        clock.instant(), Instant.parse(status.rotation().oldUntil()))
                .plusSeconds(1); // the time in the status is cut to seconds
        if (left.isNegative()) { // overdue: tried as often as anything that is not through
            return again.compareTo(OVERDUE) < 0 ? again : OVERDUE;
        }
        return left.compareTo(again) < 0 ? left : again;
    }

    private Duration soon(Tenant tenant) {
        return patience.next(tenant.getMetadata().getUid());
    }

    private Duration later(Tenant tenant) {
        patience.forget(tenant.getMetadata().getUid());
        return EVERY.plusSeconds(Math.floorMod(tenant.getMetadata().getUid().hashCode(), STAGGER_SECONDS));
    }

    /** Only what is written: a patch that carried the spec would own it. */
    private static Tenant withStatus(Tenant tenant, TenantStatus status) {
        Tenant patch = new Tenant();
        patch.setMetadata(
                new ObjectMetaBuilder().withName(tenant.getMetadata().getName()).build());
        patch.setStatus(status);
        return patch;
    }
}
