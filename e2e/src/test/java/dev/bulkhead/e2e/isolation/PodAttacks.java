package dev.bulkhead.e2e.isolation;

import static dev.bulkhead.e2e.isolation.ApiRequests.pod;
import static dev.bulkhead.e2e.isolation.HostileAttempt.attack;
import static dev.bulkhead.e2e.isolation.HostileAttempt.rbac;
import static dev.bulkhead.e2e.isolation.Neighbours.ADMIN;
import static dev.bulkhead.e2e.isolation.Neighbours.HOME;

import dev.bulkhead.e2e.isolation.HostileAttempt.Act;
import io.fabric8.kubernetes.api.model.AppArmorProfile;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.HostAlias;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Sysctl;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A tenant's admin who starts pods that reach for the node, for its neighbours on it, or for software nobody allowed. */
final class PodAttacks {
    private static final String RESTRICTED = "violates PodSecurity \"restricted:v1.37\"";

    private final ApiRequests admin;
    private final Act plain;

    PodAttacks(Neighbours neighbours) {
        admin = new ApiRequests(neighbours.person(ADMIN));
        plain = admin.tryCreate(ApiRequests.pod(HOME, p -> p.getMetadata().setName("fits")));
    }

    Stream<HostileAttempt> all() {
        return Stream.of(node(), privileges(), software(), share()).flatMap(s -> s);
    }

    private Stream<HostileAttempt> node() {
        return Stream.of(
                spec("runs in the node's network", s -> s.setHostNetwork(true), RESTRICTED, "hostNetwork=true"),
                spec("sees the node's processes", s -> s.setHostPID(true), RESTRICTED, "hostPID=true"),
                spec("talks to the node's processes", s -> s.setHostIPC(true), RESTRICTED, "hostIPC=true"),
                spec("mounts the node's disk", s -> s.setVolumes(List.of(hostPath())), RESTRICTED, "hostPath"),
                main("takes a port of the node", c -> c.setPorts(List.of(hostPort())), RESTRICTED, "hostPort"),
                spec(
                        "changes the node's kernel",
                        s -> s.getSecurityContext().setSysctls(List.of(new Sysctl("kernel.msgmax", "65536"))),
                        RESTRICTED,
                        "forbidden sysctls (kernel.msgmax)"));
    }

    private Stream<HostileAttempt> privileges() {
        return Stream.of(
                context(
                        "runs privileged",
                        c -> {
                            c.setAllowPrivilegeEscalation(null);
                            c.setPrivileged(true);
                        },
                        RESTRICTED,
                        "must not set securityContext.privileged=true"),
                context(
                        "gains privileges while it runs",
                        c -> c.setAllowPrivilegeEscalation(true),
                        RESTRICTED,
                        "allowPrivilegeEscalation != false"),
                context("runs as root", c -> c.setRunAsUser(0L), RESTRICTED, "runAsUser=0"),
                context(
                        "forges packets",
                        c -> c.getCapabilities().setAdd(List.of("NET_RAW")),
                        RESTRICTED,
                        "unrestricted capabilities",
                        "\"NET_RAW\""),
                context(
                        "runs without AppArmor",
                        c -> c.setAppArmorProfile(new AppArmorProfile(null, "Unconfined")),
                        RESTRICTED,
                        "AppArmor"),
                spec(
                        "runs without a filter of system calls",
                        s -> s.getSecurityContext().getSeccompProfile().setType("Unconfined"),
                        RESTRICTED,
                        "seccompProfile"));
    }

    private Stream<HostileAttempt> software() {
        String tag = "registry.example/portal/web:latest";
        String byTag = "Image " + tag + " of pods hostile in namespace " + HOME + " is refused";
        return Stream.of(
                main("runs an image that may change under its tag", c -> c.setImage(tag), "bulkhead-images", byTag),
                spec(
                        "hides such an image in an init container",
                        s -> s.setInitContainers(
                                List.of(new ContainerBuilder(s.getContainers().getFirst())
                                        .withName("init")
                                        .withImage(tag)
                                        .build())),
                        "bulkhead-images",
                        byTag),
                attack(
                                "slips a container into a running pod",
                                () -> admin.client()
                                        .raw(
                                                "/api/v1/namespaces/" + HOME + "/pods/none/ephemeralcontainers",
                                                "PUT",
                                                "{}"),
                                rbac("update", "pods/ephemeralcontainers", "", HOME))
                        .whereas(plain),
                attack(
                                "puts a pod on a node past the scheduler",
                                admin.post("/api/v1/namespaces/" + HOME + "/pods/none/binding", "{}"),
                                rbac("create", "pods/binding", "", HOME))
                        .whereas(plain),
                spec(
                        "runs as a ServiceAccount that is not there",
                        s -> s.setServiceAccountName("bulkhead-operator"),
                        "403 ",
                        "serviceaccount \"bulkhead-operator\" not found"));
    }

    private Stream<HostileAttempt> share() {
        return Stream.of(
                spec(
                        "takes the priority of the cluster's own pods, which drives other tenants off the nodes",
                        s -> s.setPriorityClassName("system-cluster-critical"),
                        "bulkhead-priority",
                        "may not take priority class system-cluster-critical"),
                spec(
                        "takes the priority of the nodes' own pods",
                        s -> s.setPriorityClassName("system-node-critical"),
                        "bulkhead-priority",
                        "may not take priority class system-node-critical"),
                pods(
                        "chooses its node past the scheduler",
                        s -> s.setNodeName("another"),
                        "may not choose node another"),
                pods(
                        "runs on nodes that are kept for others",
                        s -> s.setTolerations(List.of(new Toleration(null, null, "Exists", null, null))),
                        "may not tolerate any"),
                pods(
                        "has a driver mount what it likes",
                        s -> s.setVolumes(List.of(new VolumeBuilder()
                                .withName("loot")
                                .withNewCsi()
                                .withDriver("csi.example.org")
                                .endCsi()
                                .build())),
                        "may not have a driver make loot"),
                pods(
                        "claims a device",
                        s -> s.setResourceClaims(List.of(new PodResourceClaim("device", "hostile-device", null))),
                        "may not have a driver make device"),
                pods(
                        "takes a device",
                        s -> s.getContainers()
                                .getFirst()
                                .getResources()
                                .setLimits(Map.of("example.org/device", new Quantity("1"))),
                        "asks for a resource that is none of"),
                pods(
                        "gives the name of the API server to an address of its own",
                        s -> s.setHostAliases(List.of(new HostAlias(List.of("kubernetes.default.svc"), "192.0.2.1"))),
                        "may not give names of its own to addresses"),
                pods(
                        "runs an image that somebody else pulled",
                        s -> s.getContainers().getFirst().setImagePullPolicy("Never"),
                        "may not run an image that somebody else pulled"),
                attack(
                                "orders another network from the plugin",
                                admin.create(pod(
                                        HOME,
                                        p -> p.getMetadata()
                                                .setAnnotations(Map.of("k8s.v1.cni.cncf.io/networks", "other")))),
                                "bulkhead-pods",
                                "may not give orders to the network by annotation k8s.v1.cni.cncf.io/networks")
                        .whereas(plain),
                limits("takes more processors than it has", "cpu", "3", "403 ", "maximum cpu usage per Container"),
                limits("takes more memory than it has", "memory", "5Gi", "403 ", "maximum memory usage per Container"));
    }

    private HostileAttempt pods(String name, Consumer<PodSpec> change, String refusal) {
        return spec(name, change, "bulkhead-pods", refusal);
    }

    private HostileAttempt limits(String name, String resource, String amount, String... refusal) {
        return main(name, c -> c.getResources().setLimits(Map.of(resource, new Quantity(amount))), refusal);
    }

    private HostileAttempt context(String name, Consumer<SecurityContext> change, String... refusal) {
        return main(name, c -> change.accept(c.getSecurityContext()), refusal);
    }

    private HostileAttempt main(String name, Consumer<Container> change, String... refusal) {
        return spec(name, s -> change.accept(s.getContainers().getFirst()), refusal);
    }

    private HostileAttempt spec(String name, Consumer<PodSpec> change, String... refusal) {
        Pod hostile = pod(HOME, p -> change.accept(p.getSpec()));
        return attack(name, admin.create(hostile), refusal).whereas(plain);
    }

    private static Volume hostPath() {
        return new VolumeBuilder()
                .withName("node")
                .withNewHostPath()
                .withPath("/")
                .endHostPath()
                .build();
    }

    private static ContainerPort hostPort() {
        return new ContainerPortBuilder().withContainerPort(80).withHostPort(80).build();
    }
}
