package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.TenantNamespace;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Plans the prober's pods: shaped like a tenant's own under Pod Security {@code restricted}, without a token, a volume or
 * a variable, so that there is nothing in them to take. Guard 0 {@code prober-boundary} holds the prober to this shape.
 */
@Pure
final class ProbePodPlanner {
    /** Label of what the prober makes in a tenant's namespace; its value is the role. */
    static final String LABEL = "bulkhead.dev/probe";

    /** Name of the Service that leads to the listener of a canary tenant. */
    static final String SERVICE = "bulkhead-probe";

    /** One that is forgotten ends by itself. */
    private static final Duration LIFE = Duration.ofSeconds(90);

    private static final long NOBODY = 65532;

    /** A JVM for a small program that lives for seconds. Guard 0 knows it by heart. */
    private static final List<String> COMMAND = List.of(
            "/opt/java/bin/java",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-Xmx16m",
            "-Xss256k",
            "-cp",
            "@/app/jib-classpath-file",
            "dev.bulkhead.operator.probe.connection.ProbePod");

    private ProbePodPlanner() {}

    /** What a pod is for; there is at most one of each in a namespace. */
    enum PodRole {
        listener,
        attacker;

        String pod() {
            return SERVICE + "-" + name();
        }
    }

    /** What a pod may use. Limits count against the tenant's quota as long as it runs, for some seconds. */
    enum Size {
        /** Starts at once. */
        Ample("500m", "10m"),
        /** For a quota that is nearly used up: the JVM takes a second to start. */
        Small("200m", "10m"),
        /** The least that is worth trying. */
        Tiny("50m", "10m");

        /** For its log: it can write nowhere else. */
        private static final Quantity DISK = new Quantity("8Mi");

        private final String limit;
        private final String request;

        Size(String limit, String request) {
            this.limit = limit;
            this.request = request;
        }

        private Map<String, Quantity> limits() {
            return new TreeMap<>(
                    Map.of("cpu", new Quantity(limit), "memory", new Quantity("96Mi"), "ephemeral-storage", DISK));
        }

        private Map<String, Quantity> requests() {
            return new TreeMap<>(
                    Map.of("cpu", new Quantity(request), "memory", new Quantity("48Mi"), "ephemeral-storage", DISK));
        }
    }

    /** The pod of a role, which runs {@link ProbePod} with these arguments. A listener is Ready once it listens. */
    static Pod pod(TenantNamespace namespace, PodRole role, ProbeImage image, Size size, List<String> arguments) {
        PodBuilder pod = new PodBuilder()
                .withMetadata(metadata(namespace, role.pod(), role))
                .withNewSpec()
                .withRestartPolicy("Never")
                .withActiveDeadlineSeconds(LIFE.toSeconds())
                .withTerminationGracePeriodSeconds(1L)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(NOBODY)
                .withRunAsGroup(NOBODY)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                // The port of DNS without a capability; a safe one, which Pod Security allows.
                .addNewSysctl("net.ipv4.ip_unprivileged_port_start", "0")
                .endSecurityContext()
                .addNewContainer()
                .withName("probe")
                .withImage(image.name())
                .withImagePullPolicy(image.pullPolicy())
                .withCommand(COMMAND)
                .withArgs(arguments)
                .withNewResources()
                .withLimits(size.limits())
                .withRequests(size.requests())
                .endResources()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .endContainer()
                .endSpec();
        return switch (role) {
            case attacker -> pod.build();
            case listener ->
                pod.editSpec()
                        .editFirstContainer()
                        .withNewReadinessProbe()
                        .withNewTcpSocket()
                        .withPort(new IntOrString(Target.PORTS.getFirst()))
                        .endTcpSocket()
                        .withInitialDelaySeconds(1)
                        .withPeriodSeconds(1)
                        .endReadinessProbe()
                        .endContainer()
                        .endSpec()
                        .build();
        };
    }

    /** Whether a pod is still as it was made: whoever may change pods could put another program in its place. */
    static boolean isAsMade(Pod made, Pod found) {
        return made.getSpec().getContainers().size() == 1
                && found.getSpec().getContainers().size() == 1
                && found.getSpec().getEphemeralContainers().isEmpty()
                && found.getSpec().getInitContainers().isEmpty()
                && same(
                        made.getSpec().getContainers().getFirst(),
                        found.getSpec().getContainers().getFirst())
                && found.getStatus().getContainerStatuses().stream().allMatch(s -> s.getRestartCount() == 0);
    }

    private static boolean same(Container made, Container found) {
        return made.getImage().equals(found.getImage())
                && made.getCommand().equals(found.getCommand())
                && made.getArgs().equals(found.getArgs());
    }

    /** Leads to the listener of a namespace, by TCP. */
    static Service service(TenantNamespace namespace) {
        return new ServiceBuilder()
                .withMetadata(metadata(namespace, SERVICE, PodRole.listener))
                .withNewSpec()
                .withType("ClusterIP")
                .addToSelector(LABEL, PodRole.listener.name())
                .addNewPort()
                .withName("probe")
                .withProtocol("TCP")
                .withPort(Target.PORTS.getFirst())
                .endPort()
                .endSpec()
                .build();
    }

    private static ObjectMeta metadata(TenantNamespace namespace, String name, PodRole role) {
        return new ObjectMetaBuilder()
                .withNamespace(namespace.fullName())
                .withName(name)
                .addToLabels("app.kubernetes.io/name", SERVICE)
                .addToLabels("app.kubernetes.io/managed-by", "bulkhead-prober")
                .addToLabels(LABEL, role.name())
                .build();
    }
}
