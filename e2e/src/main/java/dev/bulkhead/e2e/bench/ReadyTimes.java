package dev.bulkhead.e2e.bench;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.stack.Polling;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Watches Tenants and notes when each was Ready for the first time. */
final class ReadyTimes implements Watcher<Tenant>, AutoCloseable {
    private final Map<String, Long> readyAt = new ConcurrentHashMap<>();
    private final Watch watch;
    private volatile @Nullable WatcherException cut;

    ReadyTimes(KubernetesClient admin) {
        watch = admin.resources(Tenant.class).watch(this);
    }

    @Override
    public void eventReceived(Action action, Tenant tenant) {
        if (isReady(tenant)) {
            readyAt.putIfAbsent(tenant.getMetadata().getName(), System.nanoTime());
        }
    }

    @Override
    public void onClose(WatcherException cause) {
        cut = cause;
    }

    /**
     * Waits until all are Ready, for so long.
     *
     * @return whether they are
     */
    boolean await(Collection<String> names, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!readyAt.keySet().containsAll(names)) {
            WatcherException lost = cut;
            if (lost != null) {
                throw new IllegalStateException("the watch on Tenants was cut off", lost);
            }
            if (System.nanoTime() > deadline) {
                return false;
            }
            Polling.pause();
        }
        return true;
    }

    /** How many were Ready so far. */
    int count() {
        return readyAt.size();
    }

    /** When the tenant was Ready, in nanoseconds of {@link System#nanoTime}. */
    long at(String name) {
        return Objects.requireNonNull(readyAt.get(name), name);
    }

    /** Whether its Ready condition says so about the spec as it is now. */
    static boolean isReady(Tenant tenant) {
        return tenant.getStatus() != null
                && Objects.equals(
                        tenant.getStatus().observedGeneration(),
                        tenant.getMetadata().getGeneration())
                && tenant.getStatus().conditions().stream()
                        .anyMatch(c -> c.type().equals("Ready") && c.status() == Condition.Status.True);
    }

    /** What the operator says of a tenant that is not Ready. */
    static String explain(@Nullable Tenant tenant) {
        if (tenant == null) {
            return "there is no such Tenant any more";
        }
        if (tenant.getStatus() == null) {
            return "no status yet; see the operator's log";
        }
        return tenant.getStatus().conditions().stream()
                .filter(c -> c.type().equals("Ready"))
                .map(c -> "Ready is " + c.status() + ", " + c.reason() + ": " + c.message())
                .findFirst()
                .orElse("no condition Ready");
    }

    @Override
    public void close() {
        watch.close();
    }
}
