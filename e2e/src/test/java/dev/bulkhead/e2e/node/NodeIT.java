package dev.bulkhead.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StateDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example tenants on a real node. Each test starts what it needs and any order works; this one replaces the node the
 * fewest times.
 */
@ExtendWith(NodeExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodeIT {
    private static final String METADATA = "169.254.169.254";
    /** A namespace with a workflow's pods, of each tenant. */
    private static final List<String> NAMESPACES =
            List.of("ankerwerk--agents", "klinik-nord--workflows", "waschhaus--web");

    private static final List<String> TENANTS =
            List.of("ankerwerk", "canary-one", "canary-two", "klinik-nord", "waschhaus");

    private final NodePlatform platform;

    NodeIT(NodePlatform platform) {
        this.platform = platform;
    }

    static boolean operatorIsPod() {
        return NodePlatform.operatorIsPod();
    }

    @Test
    @Order(1)
    void workflows_of_all_tenants_use_their_own_database_and_bucket_with_what_was_delivered() {
        platform.start(Cni.calico);

        assertThat(byNamespace(platform.pods()::check))
                .containsOnlyKeys(NAMESPACES)
                .allSatisfy((namespace, answer) -> assertThat(answer)
                        .as(namespace)
                        .isEqualTo(new WorkflowPods.ContainerAnswer(0, "database ok\nbucket ok")));
    }

    @Test
    @Order(2)
    void a_workflow_reaches_its_database_and_no_pod_server_or_address_that_is_not_its_own() {
        platform.start(Cni.calico);
        listenAtMetadataAddress();

        assertThat(byNamespace(namespace -> platform.pods().connect(namespace, database())))
                .as("the control: the same attempt on what is allowed")
                .allSatisfy((namespace, outcome) ->
                        assertThat(outcome).as(namespace).isEqualTo("connected"));
        for (Map.Entry<String, Function<String, String>> target : targets().entrySet()) {
            assertEventually(target.getKey(), "timeout", target.getValue());
        }
    }

    @Test
    @Order(3)
    @EnabledIf(value = "operatorIsPod", disabledReason = "the operator's image was left out by -DskipImage")
    void the_operator_is_a_pod_of_the_chart_and_its_image() {
        platform.start(Cni.calico);

        assertThat(platform.admin()
                        .pods()
                        .inNamespace(Bootstrap.NAMESPACE)
                        .withLabel("app.kubernetes.io/name", "bulkhead-operator")
                        .list()
                        .getItems())
                .singleElement()
                .satisfies(pod -> {
                    assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
                    assertThat(pod.getSpec().getNodeName()).isEqualTo(Node.NAME);
                    assertThat(pod.getStatus().getContainerStatuses())
                            .singleElement()
                            .satisfies(status -> assertThat(status.getReady()).isTrue());
                });
    }

    @Test
    @Order(4)
    @EnabledIf(value = "operatorIsPod", disabledReason = "the prober's pods run the image, which -DskipImage left out")
    void every_tenant_is_verified_once_connections_were_tried_and_refused() {
        platform.start(Cni.calico);

        assertVerdict(new NetworkVerdict(Proof.Proven, Proof.Proven, Isolation.Verified, false));
        Awaitility.await("the prober's pods and Services are gone")
                .atMost(Duration.ofSeconds(30))
                .until(() -> platform.admin()
                                .pods()
                                .inAnyNamespace()
                                .withLabel("bulkhead.dev/probe")
                                .list()
                                .getItems()
                                .isEmpty()
                        && platform.admin()
                                .services()
                                .inAnyNamespace()
                                .withLabel("bulkhead.dev/probe")
                                .list()
                                .getItems()
                                .isEmpty());
    }

    @Test
    @Order(5)
    void on_a_node_that_ignores_policies_every_one_of_these_attempts_succeeds() {
        platform.start(Cni.none);
        listenAtMetadataAddress();

        for (Map.Entry<String, Function<String, String>> target : targets().entrySet()) {
            assertEventually(target.getKey(), "connected", target.getValue());
        }
    }

    @Test
    @Order(6)
    @EnabledIf(value = "operatorIsPod", disabledReason = "the prober's pods run the image, which -DskipImage left out")
    void a_cluster_that_ignores_policies_does_not_look_isolated() {
        platform.start(Cni.none);

        assertVerdict(new NetworkVerdict(Proof.Failed, Proof.Failed, Isolation.Breached, true));
    }

    @Test
    @Order(7)
    void a_node_whose_programs_were_killed_is_replaced_by_the_next_start() {
        platform.start(Cni.none);
        long before = platform.node().processIds().size();
        assertThat(before).isGreaterThan(10);
        platform.node().processIds().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));

        platform.start(Cni.none);

        assertThat(byNamespace(platform.pods()::check))
                .allSatisfy((namespace, answer) ->
                        assertThat(answer.code()).as(namespace).isZero());
    }

    /** The kernel takes a mount off a folder that is removed, in every namespace. */
    @Test
    @Order(8)
    void the_end_of_another_node_of_this_machine_uncovers_nothing(@TempDir Path another) throws IOException {
        platform.start(Cni.none);
        assertThat(NodeNamespaces.isCovered("/var/lib/cni")).isTrue();

        new Node(new StateDirectory(another), InstantSource.system(), System.out::println).remove();

        assertThat(NodeNamespaces.isCovered("/var/lib/cni")).isTrue();
        assertThat(byNamespace(platform.pods()::check))
                .allSatisfy((namespace, answer) ->
                        assertThat(answer.code()).as(namespace).isZero());
    }

    @Test
    @Order(9)
    void down_leaves_no_process_no_namespace_no_mount_no_interface_and_no_control_group() throws IOException {
        platform.start(Cni.none);
        Set<Long> processes = platform.node().processIds();
        Set<String> networks = processes.stream().map(NodeIT::network).collect(Collectors.toSet());
        assertThat(networks)
                .hasSizeGreaterThan(NAMESPACES.size())
                .doesNotContain(network(ProcessHandle.current().pid()));
        String machine = platform.node().network().machine();
        assertThat(interfaceOf(machine)).isPresent();
        assertThat(controlGroups()).isNotEmpty();

        platform.stop();

        assertThat(processes)
                .noneMatch(pid ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
                                && Files.exists(Path.of("/proc", Long.toString(pid), "exe")));
        assertThat(ProcessHandle.allProcesses()
                        .map(ProcessHandle::pid)
                        .map(NodeIT::network)
                        .filter(n -> !n.isEmpty()))
                .doesNotContainAnyElementsOf(networks);
        assertThat(interfaceOf(machine)).isEmpty();
        assertThat(controlGroups()).isEmpty();
        assertThat(Files.readAllLines(Path.of("/proc/self/mounts")))
                .noneMatch(line -> line.contains(platform.directory().toString()));
        assertThat(Path.of("/var/lib/cni/results")).doesNotExist();
    }

    private void assertVerdict(NetworkVerdict expected) {
        for (String tenant : TENANTS) {
            assertThat(NetworkVerdict.settled(platform.admin(), tenant, expected))
                    .as(tenant)
                    .isEqualTo(expected);
        }
    }

    /** By name, what a tenant's pod must not reach: given the namespace that tries, the address to try. */
    private Map<String, Function<String, String>> targets() {
        StackEndpoints endpoints = platform.endpoints();
        URI api = URI.create(endpoints.kubernetes().apiServerUrl());
        Map<String, Function<String, String>> targets = new TreeMap<>();
        targets.put("API server", _ -> api.getHost() + ":" + api.getPort());
        targets.put("API server, by its service", _ -> "10.96.0.1:443");
        targets.put("kubelet of the node", _ -> platform.node().network().node() + ":10250");
        targets.put("metadata address", _ -> METADATA + ":80");
        targets.put("pod of another tenant", namespace -> podOfAnother(namespace) + ":8080");
        return targets;
    }

    /** Policies and addresses of new pods take a moment to arrive, so this asks again for a while. */
    private void assertEventually(String target, String outcome, Function<String, String> address) {
        Awaitility.await(target)
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                byNamespace(namespace -> platform.pods().connect(namespace, address.apply(namespace))))
                        .as(target)
                        .allSatisfy((namespace, seen) ->
                                assertThat(seen).as(namespace).isEqualTo(outcome)));
    }

    /** Two tenants have a workflow that listens on this port; each is tried by the other, the third tries one of them. */
    private String podOfAnother(String namespace) {
        String other = namespace.equals(NAMESPACES.get(1)) ? NAMESPACES.getFirst() : NAMESPACES.get(1);
        return platform.admin().pods().inNamespace(other).withLabel(WorkflowPods.WORKFLOW).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod ->
                        !pod.getSpec().getContainers().getFirst().getPorts().isEmpty())
                .findFirst()
                .orElseThrow()
                .getStatus()
                .getPodIP();
    }

    private String database() {
        return platform.endpoints().postgres().host() + ":"
                + platform.endpoints().postgres().port();
    }

    /** As in a cloud: something answers there. Part of the node, so gone with it. */
    private void listenAtMetadataAddress() {
        Tool.run(platform.node().inside(List.of("ip", "address", "replace", METADATA + "/32", "dev", "lo")));
        Path program = NodePlatform.workload();
        try {
            new ProcessBuilder(platform.node().inside(List.of(program.toString(), "listen", METADATA + ":80")))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> Map<String, T> byNamespace(Function<String, T> attempt) {
        return NAMESPACES.parallelStream()
                .collect(Collectors.toMap(Function.identity(), attempt, (one, _) -> one, TreeMap::new));
    }

    private static Optional<NetworkInterface> interfaceOf(String address) throws IOException {
        return Optional.ofNullable(NetworkInterface.getByInetAddress(InetAddress.getByName(address)));
    }

    /** The network namespace of a process; empty when the process is gone. */
    private static String network(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns/net"))
                    .toString();
        } catch (IOException _) {
            return "";
        }
    }

    private List<Path> controlGroups() throws IOException {
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            return hierarchies
                    .map(hierarchy ->
                            hierarchy.resolve(platform.node().controlGroup().substring(1)))
                    .filter(Files::exists)
                    .toList();
        }
    }
}
