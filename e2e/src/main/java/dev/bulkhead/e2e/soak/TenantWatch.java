package dev.bulkhead.e2e.soak;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.soak.Lapses.Lapse;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Sees each status of each Tenant and each Incident as it is written. */
final class TenantWatch implements AutoCloseable {
    private final InstantSource clock;
    private final boolean pods;
    private final ChangeTimes changes;
    private final Set<String> former = new HashSet<>();
    private final Lapses lapses = new Lapses();
    private final Map<String, String> incidents = new HashMap<>();
    private final Map<String, Integer> statusWrites = new HashMap<>();
    private final SharedIndexInformer<Tenant> tenants;
    private final SharedIndexInformer<Incident> breaches;

    /**
     * Begins to watch.
     *
     * @param pods whether there is a node
     * @param changes is told which generation a status is of
     */
    TenantWatch(KubernetesClient admin, InstantSource clock, boolean pods, ChangeTimes changes) {
        this.clock = clock;
        this.pods = pods;
        this.changes = changes;
        admin.resources(Incident.class)
                .list()
                .getItems()
                .forEach(incident -> former.add(incident.getMetadata().getName()));
        this.tenants = admin.resources(Tenant.class).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Tenant tenant) {
                see(tenant);
            }

            @Override
            public void onUpdate(Tenant before, Tenant tenant) {
                if (!Objects.equals(
                                before.getMetadata().getResourceVersion(),
                                tenant.getMetadata().getResourceVersion())
                        && Objects.equals(
                                before.getMetadata().getGeneration(),
                                tenant.getMetadata().getGeneration())) {
                    wrote(tenant.getMetadata().getName());
                }
                see(tenant);
            }

            @Override
            public void onDelete(Tenant tenant, boolean unknown) {
                // The soak deletes its own when it is over.
            }
        });
        this.breaches = admin.resources(Incident.class).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Incident incident) {
                breach(incident);
            }

            @Override
            public void onUpdate(Incident before, Incident incident) {
                breach(incident);
            }

            @Override
            public void onDelete(Incident incident, boolean unknown) {
                // Seen is seen.
            }
        });
    }

    private synchronized void wrote(String tenant) {
        statusWrites.merge(tenant, 1, Integer::sum);
    }

    private synchronized void see(Tenant tenant) {
        String name = tenant.getMetadata().getName();
        if (tenant.getStatus() != null && tenant.getStatus().observedGeneration() != null) {
            changes.seen(name, tenant.getStatus().observedGeneration(), System.nanoTime());
        }
        lapses.look(name, TenantFaults.of(tenant, pods), clock.instant());
    }

    private synchronized void breach(Incident incident) {
        String name = incident.getMetadata().getName();
        if (!former.contains(name)) {
            incidents.put(
                    name,
                    incident.getSpec().finding().tenant() + " "
                            + incident.getSpec().finding().control() + ": "
                            + incident.getSpec().finding().message());
        }
    }

    synchronized List<Lapse> lapses() {
        return lapses.all();
    }

    /** Those that were made since, each with tenant, control and message. */
    synchronized List<String> incidents() {
        return incidents.values().stream().sorted().toList();
    }

    /** Writes that left the spec alone, by tenant. */
    synchronized Map<String, Integer> statusWrites() {
        return new HashMap<>(statusWrites);
    }

    /** The Tenants as they were seen last. */
    List<Tenant> tenants() {
        return new ArrayList<>(tenants.getStore().list());
    }

    @Override
    public void close() {
        tenants.close();
        breaches.close();
    }
}
