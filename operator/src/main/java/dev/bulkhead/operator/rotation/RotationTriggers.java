package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.Rotation;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.TenantEvents;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the Rotations that an annotation, a breach or a schedule asks for. Looks at caches only, and so may look often. */
public final class RotationTriggers {
    private static final Logger LOG = LoggerFactory.getLogger(RotationTriggers.class);

    private final RotationWorld world;
    private final Function<String, List<Rotation>> rotations;
    private final KubernetesClient client;
    private final TenantEvents events;
    private final Clock clock;
    private final Map<String, String> told = new ConcurrentHashMap<>();

    /**
     * Wired by hand.
     *
     * @param rotations of the tenant of that name
     */
    public RotationTriggers(
            RotationWorld world,
            Function<String, List<Rotation>> rotations,
            KubernetesClient client,
            TenantEvents events,
            Clock clock) {
        this.world = world;
        this.rotations = rotations;
        this.client = client;
        this.events = events;
        this.clock = clock;
    }

    /** Looks at every tenant once. */
    public void look() {
        Map<String, List<Incident>> incidents = world.incidents().get().stream()
                .collect(Collectors.groupingBy(i -> i.getSpec().finding().identity()));
        List<Tenant> tenants = world.tenants().get();
        for (Tenant tenant : tenants) {
            try {
                look(tenant, incidents.getOrDefault(TenantIdentity.of(tenant).value(), List.of()));
            } catch (KubernetesClientException e) {
                LOG.atWarn()
                        .addKeyValue("tenant", tenant.getMetadata().getName())
                        .addKeyValue("code", e.getCode())
                        .log("a rotation that is asked for or due could not be made; tried again");
            }
        }
        told.keySet()
                .retainAll(tenants.stream().map(t -> t.getMetadata().getUid()).collect(Collectors.toSet()));
    }

    private void look(Tenant tenant, List<Incident> incidents) {
        tell(tenant);
        RotationTriggerPlanner.plan(
                        tenant,
                        world.supplied().apply(tenant),
                        world.profile().apply(tenant.getSpec().profile()).orElse(null),
                        incidents,
                        rotations.apply(tenant.getMetadata().getName()),
                        clock.instant())
                .ifPresent(this::make);
    }

    private void make(Rotation rotation) {
        try {
            client.resource(rotation).create();
            LOG.atInfo()
                    .addKeyValue("tenant", rotation.getSpec().tenant())
                    .addKeyValue("rotation", rotation.getMetadata().getName())
                    .addKeyValue("trigger", rotation.getSpec().trigger())
                    .log("rotation made: " + rotation.getSpec().reason());
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) { // the cache is behind
                throw e;
            }
        }
    }

    /** An annotation that cannot be understood is said once for each value. */
    private void tell(Tenant tenant) {
        String uid = tenant.getMetadata().getUid();
        RotationTriggerPlanner.misunderstood(tenant)
                .ifPresentOrElse(
                        message -> {
                            String value = String.valueOf(
                                    tenant.getMetadata().getAnnotations().get(RotationTriggerPlanner.ANNOTATION));
                            if (!value.equals(told.put(uid, value))) {
                                LOG.atWarn()
                                        .addKeyValue(
                                                "tenant", tenant.getMetadata().getName())
                                        .log(message);
                                events.publish(tenant, true, Reason.InvalidSpec.name(), message);
                            }
                        },
                        () -> told.remove(uid));
    }
}
