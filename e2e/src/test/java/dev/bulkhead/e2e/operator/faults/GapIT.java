package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.calls.ExternalCalls;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who watches a create from the first moment, and writes down in which order things come to be. */
@ExtendWith(StackExtension.class)
class GapIT {
    private static final String TENANT = "watched";

    @TempDir
    private Path directory;

    /** Something came to be; etcd's revision orders all of them, of whatever kind. */
    private record Made(long revision, HasMetadata object) {
        @Override
        public String toString() {
            return revision + " " + object.getKind() + " "
                    + object.getMetadata().getName();
        }
    }

    @Test
    void nobody_and_nothing_comes_into_a_namespace_before_its_walls_stand(
            KubernetesClient admin, StackEndpoints endpoints) {
        Platform platform = Platform.install(admin, endpoints, directory);
        Queue<Made> made = new ConcurrentLinkedQueue<>();
        Queue<String> gone = new ConcurrentLinkedQueue<>();
        SmallTenant tenant = SmallTenant.named(TENANT);
        List<Watch> watches = new ArrayList<>();
        for (Class<? extends HasMetadata> kind : List.of(
                Namespace.class,
                NetworkPolicy.class,
                ResourceQuota.class,
                LimitRange.class,
                RoleBinding.class,
                Deployment.class,
                Pod.class)) {
            watches.add(watch(admin, kind, tenant.namespace(), made, gone));
        }
        try (Platform.RunningOperator _ = platform.operator(ExternalCalls.unobserved())) {
            platform.apply(tenant.yaml());
            platform.awaitReady(TENANT);
        } finally {
            watches.forEach(Watch::close);
        }

        assertThat(gone).as("no wall is taken down, not even for a moment").isEmpty();
        long closed = List.<Predicate<HasMetadata>>of(
                        o -> o instanceof NetworkPolicy policy && Walls.deniesAll(policy),
                        o -> o instanceof ResourceQuota,
                        o -> o instanceof LimitRange)
                .stream()
                .mapToLong(wall -> first(made, wall))
                .max()
                .orElseThrow();
        assertThat(made)
                .filteredOn(m -> m.object() instanceof Deployment
                        || m.object() instanceof Pod
                        || (m.object() instanceof RoleBinding binding && Walls.letsPeopleIn(binding)))
                .as("walls stood at " + closed)
                .isNotEmpty()
                .allMatch(m -> m.revision() > closed);
        assertThat(made)
                .filteredOn(m -> m.object() instanceof Namespace)
                .singleElement()
                .satisfies(m -> assertThat(m.object().getMetadata().getLabels())
                        .as("pods are restricted from the namespace's first moment")
                        .containsEntry("pod-security.kubernetes.io/enforce", "restricted"));
        saidOnce(admin, platform);
        try (CompartmentCopy compartment = new CompartmentCopy(platform)) {
            compartment.forget(TENANT);
        }
    }

    /** A change of state is told once, however many passes there are. */
    private static void saidOnce(KubernetesClient admin, Platform platform) {
        String uid = platform.tenant(TENANT).getMetadata().getUid();
        assertThat(admin.resources(Event.class).inNamespace("default").list().getItems())
                .filteredOn(e -> uid.equals(e.getRegarding().getUid()))
                .extracting(Event::getNote)
                .isNotEmpty()
                .doesNotHaveDuplicates();
    }

    private static long first(Queue<Made> made, Predicate<HasMetadata> which) {
        return made.stream()
                .filter(m -> which.test(m.object()))
                .mapToLong(Made::revision)
                .min()
                .orElseThrow(() -> new AssertionError("a wall is missing among " + made));
    }

    private static <T extends HasMetadata> Watch watch(
            KubernetesClient admin, Class<T> kind, String namespace, Queue<Made> made, Queue<String> gone) {
        return admin.resources(kind).inAnyNamespace().watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, T object) {
                String place = object instanceof Namespace
                        ? object.getMetadata().getName()
                        : object.getMetadata().getNamespace();
                if (!namespace.equals(place)) {
                    return;
                }
                if (action == Action.ADDED) {
                    made.add(new Made(Long.parseLong(object.getMetadata().getResourceVersion()), object));
                } else if (action == Action.DELETED) {
                    gone.add(object.getKind() + " " + object.getMetadata().getName());
                }
            }

            @Override
            public void onClose(WatcherException cause) {
                gone.add("the watch: " + cause);
            }
        });
    }
}
