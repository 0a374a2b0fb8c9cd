package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.Rotation;
import dev.bulkhead.operator.job.JobProgress;
import dev.bulkhead.operator.job.JobReport;
import dev.bulkhead.operator.job.JobRunner;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Rotations done, one of a tenant at a time, and says how far they are. A pass hands the job over and writes its
 * status; the work itself is done in the jobs' own pool.
 */
@ControllerConfiguration(name = "rotation", triggerReconcilerOnAllEvents = true)
public final class RotationReconciler implements Reconciler<Rotation> {
    private static final Logger LOG = LoggerFactory.getLogger(RotationReconciler.class);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration AGAIN = Duration.ofMinutes(1);
    private static final Duration LATER = Duration.ofHours(6);
    private static final String BY_TENANT = "tenant";

    private final JobRunner runner;
    private final RotationJobs jobs;
    private final RotationWorld world;
    private final Clock clock;
    private final SimpleInboundEventSource<Rotation> further = new SimpleInboundEventSource<>("jobs");
    private @Nullable IndexedResourceCache<Rotation> cache;

    /** Wired by hand. */
    public RotationReconciler(JobRunner runner, RotationJobs jobs, RotationWorld world, Clock clock) {
        this.runner = runner;
        this.jobs = jobs;
        this.world = world;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, Rotation>> prepareEventSources(EventSourceContext<Rotation> context) {
        context.getPrimaryCache()
                .addIndexer(BY_TENANT, rotation -> List.of(rotation.getSpec().tenant()));
        cache = context.getPrimaryCache();
        return List.of(further);
    }

    /** Rotations of a tenant, from the cache. */
    public List<Rotation> of(String tenant) {
        return Objects.requireNonNull(cache, "the rotation controller has not prepared its informers yet")
                .byIndex(BY_TENANT, tenant);
    }

    @Override
    public UpdateControl<Rotation> reconcile(Rotation rotation, Context<Rotation> context) {
        String uid = rotation.getMetadata().getUid();
        if (context.isPrimaryResourceDeleted() || rotation.isMarkedForDeletion()) {
            runner.forget(uid);
            changed(rotation);
            return UpdateControl.noUpdate();
        }
        if (RotationOrder.over(rotation)) {
            runner.forget(uid);
            return tidy(rotation, context);
        }
        JobProgress progress = progress(rotation);
        JobStatus status = JobReport.of(
                progress, rotation.getStatus(), rotation.getMetadata().getGeneration(), clock.instant());
        if (!Objects.equals(status, rotation.getStatus())) {
            announce(rotation, status);
            PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(rotation, withStatus(rotation, status), context);
            if (progress.phase().over()) {
                runner.forget(uid);
            }
            changed(rotation);
        }
        return UpdateControl.<Rotation>noUpdate().rescheduleAfter(progress.phase() == JobPhase.Pending ? SOON : AGAIN);
    }

    private JobProgress progress(Rotation rotation) {
        String uid = rotation.getMetadata().getUid();
        Rotation before =
                RotationOrder.before(rotation, of(rotation.getSpec().tenant())).orElse(null);
        if (before != null) {
            runner.forget(uid); // what it began the other one finishes, and then it goes on
            return JobProgress.pending(
                    "waits for Rotation " + before.getMetadata().getName() + " of the same tenant");
        }
        Optional<JobProgress> known = runner.progress(uid);
        if (known.isPresent()) {
            return known.get();
        }
        ResourceID id = ResourceID.fromResource(rotation);
        return runner.take(uid, jobs.of(rotation), () -> further.propagateEvent(id))
                ? runner.progress(uid).orElseGet(() -> JobProgress.pending("begins"))
                : JobProgress.pending("waits for another job of the same tenant");
    }

    /** Whoever waits for its turn looks again, and the Tenant shows what is so. */
    private void changed(Rotation rotation) {
        String tenant = rotation.getSpec().tenant();
        of(tenant).stream()
                .filter(other -> !RotationOrder.over(other)
                        && !other.getMetadata()
                                .getUid()
                                .equals(rotation.getMetadata().getUid()))
                .forEach(other -> further.propagateEvent(ResourceID.fromResource(other)));
        world.look().accept(tenant);
    }

    private UpdateControl<Rotation> tidy(Rotation rotation, Context<Rotation> context) {
        String name = rotation.getMetadata().getName();
        boolean asked = world.tenant(rotation.getSpec().tenant())
                .flatMap(RotationTriggerPlanner::askedFor)
                .filter(name::equals)
                .isPresent();
        Instant until = RotationOrder.keptUntil(rotation, of(rotation.getSpec().tenant()), asked);
        if (clock.instant().isBefore(until)) {
            return UpdateControl.<Rotation>noUpdate().rescheduleAfter(LATER);
        }
        context.getClient().resource(rotation).delete();
        LOG.atInfo().addKeyValue("rotation", name).log("deleted: it was over long ago");
        return UpdateControl.noUpdate();
    }

    private static void announce(Rotation rotation, JobStatus status) {
        JobPhase before =
                rotation.getStatus() == null ? null : rotation.getStatus().phase();
        if (before != status.phase()) {
            LOG.atInfo()
                    .addKeyValue("tenant", rotation.getSpec().tenant())
                    .addKeyValue("rotation", rotation.getMetadata().getName())
                    .addKeyValue("trigger", rotation.getSpec().trigger())
                    .addKeyValue("phase", status.phase())
                    .log("rotation: " + status.message());
        }
    }

    private static Rotation withStatus(Rotation rotation, JobStatus status) {
        Rotation patch = new Rotation();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(rotation.getMetadata().getName())
                .build());
        patch.setStatus(status);
        return patch;
    }
}
