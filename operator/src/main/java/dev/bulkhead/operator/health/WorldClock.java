package dev.bulkhead.operator.health;

import dev.bulkhead.api.v1beta1.Tenant;
import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when the cluster went back to an earlier state, as when etcd is restored from a snapshot. A watch that comes
 * back asks for what follows the newest it has seen, and hears nothing until the cluster has counted that far again;
 * caches show what is gone, and take for older what is new. The API server counts its writes, and a list tells how far:
 * less than a cache has seen, or than the last look, is another past. Asks for one Tenant, by a read that no cache of an
 * API server answers late.
 */
public final class WorldClock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorldClock.class);

    private final KubernetesClient client;
    private final Supplier<Stream<Tenant>> cached;
    private final Runnable wentBack;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("world-clock").factory());
    private long newest;
    private boolean over;

    /**
     * Asks nothing yet.
     *
     * @param cached Tenants as this process has them; none before it has any
     * @param wentBack has the process fill its caches anew; called once
     */
    public WorldClock(KubernetesClient client, Supplier<Stream<Tenant>> cached, Runnable wentBack) {
        this.client = client;
        this.cached = cached;
        this.wentBack = wentBack;
    }

    /** Looks from now on, with this pause between looks. */
    public void start(Duration every) {
        look(); // before anything else is read
        ScheduledFuture<?> _ =
                looks.scheduleWithFixedDelay(this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One look. Whatever keeps it from an answer is other people's to tell. */
    synchronized void look() {
        try {
            // Before it is asked: what a watch brings meanwhile is newer than the answer.
            newest = Math.max(
                    newest, cached.get().mapToLong(WorldClock::written).max().orElse(0));
            long now = counted();
            if (now < newest && !over) {
                over = true;
                LOG.atWarn()
                        .addKeyValue("resourceVersion", now)
                        .addKeyValue("before", newest)
                        .log("the cluster went back to an earlier state, as when etcd is restored: begins anew");
                wentBack.run();
            }
            newest = Math.max(newest, now);
        } catch (KubernetesClientException e) {
            LOG.atDebug().addKeyValue("code", e.getCode()).log("the API server was not asked how far it counts");
        } catch (RuntimeException e) {
            LOG.atDebug().addKeyValue("error", e.getClass().getSimpleName()).log("nobody looked at the world's clock");
        }
    }

    /** How many writes the cluster counts. */
    private long counted() {
        ListMeta list = client.resources(Tenant.class)
                .list(new ListOptionsBuilder().withLimit(1L).build())
                .getMetadata();
        long now = number(list == null ? null : list.getResourceVersion());
        return now == 0 ? newest : now;
    }

    /** How many it counted when it was written. */
    private static long written(Tenant tenant) {
        return number(tenant.getMetadata().getResourceVersion());
    }

    /** 0 where the cluster does not count. */
    private static long number(@Nullable String version) {
        return version != null && version.matches("[0-9]{1,18}") ? Long.parseLong(version) : 0;
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
