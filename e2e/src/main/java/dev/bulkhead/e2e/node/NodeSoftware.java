package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.Binaries;
import dev.bulkhead.e2e.stack.GoProject;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The programs of a node that Debian has no packages of, all present.
 *
 * @param kubernetes folder with kubelet, kube-proxy, kube-scheduler
 * @param calico folder with calico, calico-felix, calico.yaml; only for a node that enforces
 * @param workload the program for containers
 */
public record NodeSoftware(Path kubernetes, Optional<Path> calico, Path workload) {
    /** Builds what is missing: the first time two minutes on two cores, with Calico five more. */
    public static NodeSoftware provide(Binaries binaries, Cni cni) {
        return new NodeSoftware(
                binaries.inCache(GoProject.KUBERNETES, Set.of("kubelet", "kube-proxy", "kube-scheduler")),
                switch (cni) {
                    case calico ->
                        Optional.of(binaries.inCache(
                                GoProject.CALICO, GoProject.CALICO.programs().keySet()));
                    case none -> Optional.empty();
                },
                binaries.inCache(GoProject.WORKLOAD, Set.of("workload")).resolve("workload"));
    }
}
