package dev.bulkhead.e2e.operator.rotation;

import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.Rotation;
import dev.bulkhead.api.v1beta1.RotationSpec;
import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.api.v1beta1.RotationSpec.Trigger;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.e2e.operator.Platform;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A tenant whose profile gives an old credential a few seconds. */
record RotatedTenant(Platform platform, String name) implements AutoCloseable {
    private static final String DIGEST = "sha256:6a3f0c1d9be27458f1a4c2e7d90b83651fe7a2c44d58b09367ce1f2a80d9b4e1";

    /** Makes the profile and the tenant, and waits until it lives. */
    static RotatedTenant make(Platform platform, String name, int drainSeconds) {
        platform.admin()
                .resource(platform.admin()
                        .getKubernetesSerialization()
                        .unmarshal("""
                                apiVersion: bulkhead.dev/v1beta1
                                kind: TenantProfile
                                metadata: { name: %s }
                                spec: { product: Rotation, document: TOM, rotation: { drainFor: PT%dS } }
                                """.formatted(name, drainSeconds), TenantProfile.class))
                .createOr(r -> r.update());
        platform.apply("""
                apiVersion: bulkhead.dev/v1beta1
                kind: Tenant
                metadata: { name: %1$s }
                spec:
                  profile: %1$s
                  displayName: Rotation
                  environment: production
                  people: { admins: [{ user: admin@rotation.example }] }
                  namespaces: [{ name: app }]
                  quota: { cpu: "4", memory: 8Gi, storage: 20Gi, pods: 20 }
                  database: { deliverTo: [app] }
                  objectStore: { deliverTo: [app] }
                  workflows:
                    - { name: worker, namespace: app, image: "registry.example/worker@%2$s", secrets: [bulkhead-database] }
                """.formatted(name, DIGEST));
        platform.awaitReady(name);
        return new RotatedTenant(platform, name);
    }

    String namespace() {
        return name + "--app";
    }

    /** Asks for a rotation. */
    String rotate(Rotatable... what) {
        Rotation rotation = new Rotation();
        rotation.setMetadata(
                new ObjectMetaBuilder().withName(name + "-" + System.nanoTime()).build());
        rotation.setSpec(new RotationSpec(name, List.of(what), false, Trigger.Person, "a test"));
        return platform.admin().resource(rotation).create().getMetadata().getName();
    }

    @Nullable
    JobStatus status(String rotation) {
        return platform.admin()
                .resources(Rotation.class)
                .withName(rotation)
                .require()
                .getStatus();
    }

    boolean over(String rotation) {
        JobStatus status = status(rotation);
        return status != null && status.phase() != null && status.phase().over();
    }

    /** Waits for the end of a rotation. */
    JobStatus awaitEnd(String rotation) {
        Awaitility.await(rotation).atMost(Platform.PATIENCE).until(() -> over(rotation));
        return Objects.requireNonNull(status(rotation));
    }

    /** Rotations of this tenant by who asked for them. */
    List<Rotation> rotations(Trigger trigger) {
        return platform.admin().resources(Rotation.class).list().getItems().stream()
                .filter(r -> r.getSpec().tenant().equals(name) && r.getSpec().trigger() == trigger)
                .toList();
    }

    @Override
    public void close() {
        platform.remove(name);
        platform.admin().resources(Rotation.class).list().getItems().stream()
                .filter(r -> r.getSpec().tenant().equals(name))
                .forEach(r -> platform.admin().resource(r).delete());
        platform.admin().resources(TenantProfile.class).withName(name).delete();
    }
}
