package dev.bulkhead.e2e.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The configuration files of the node's programs, all below {@code node/} of the state directory. */
final class NodeConfiguration {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** One node, so the whole of what pods may have; a /24 of it. */
    private static final String POD_SUBNET = "10.244.0.0/24";

    private static final String DIRECTORY = "node/";

    private final StateDirectory state;
    private final NodeNetwork network;
    private final NodeCredentials credentials;
    private final ControlGroup group;

    NodeConfiguration(StateDirectory state, NodeNetwork network, NodeCredentials credentials, ControlGroup group) {
        this.state = state;
        this.network = network;
        this.credentials = credentials;
        this.group = group;
    }

    /** Writes all files. */
    void write(NodeSoftware software) {
        containerd();
        kubelet();
        proxy();
        plugins(software);
        cni(software);
    }

    Path file(String name) {
        return state.root().resolve(DIRECTORY + name);
    }

    /** containerd's socket. */
    Path socket() {
        return file("containerd.sock");
    }

    private String folder(String name) {
        return state.directory(DIRECTORY + name).toString();
    }

    private void containerd() {
        text("containerd.toml", """
                version = 2
                root = "%1$s/containerd-root"
                state = "%1$s/containerd-state"
                [grpc]
                  address = "%2$s"
                [plugins."io.containerd.internal.v1.opt"]
                  path = "%1$s/containerd-opt"
                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = "%3$s"
                  # Without the right to lower it, runc would end with "can't get final child's PID".
                  restrict_oom_score_adj = true
                  netns_mounts_under_state_dir = true
                  [plugins."io.containerd.grpc.v1.cri".cni]
                    bin_dir = "%1$s/cni-bin"
                    conf_dir = "%1$s/cni"
                  [plugins."io.containerd.grpc.v1.cri".containerd]
                    snapshotter = "overlayfs"
                    default_runtime_name = "runc"
                    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                      runtime_type = "io.containerd.runc.v2"
                """.formatted(state.root().resolve("node"), socket(), NodeImages.PAUSE));
    }

    private void kubelet() {
        json(
                "kubelet.json",
                Map.ofEntries(
                        Map.entry("apiVersion", "kubelet.config.k8s.io/v1beta1"),
                        Map.entry("kind", "KubeletConfiguration"),
                        Map.entry("address", network.node()),
                        Map.entry(
                                "authentication",
                                Map.of(
                                        "anonymous", Map.of("enabled", false),
                                        "webhook", Map.of("enabled", true),
                                        "x509",
                                                Map.of(
                                                        "clientCAFile",
                                                        credentials.ca().toString()))),
                        Map.entry("authorization", Map.of("mode", "Webhook")),
                        Map.entry("tlsCertFile", credentials.serverCertificate().toString()),
                        Map.entry("tlsPrivateKeyFile", credentials.serverKey().toString()),
                        Map.entry("containerRuntimeEndpoint", "unix://" + socket()),
                        // Machines with control groups of version 1 are still common.
                        Map.entry("failCgroupV1", false),
                        Map.entry("cgroupDriver", "cgroupfs"),
                        Map.entry("cgroupRoot", group.path()),
                        Map.entry("enforceNodeAllocatable", List.of("pods")),
                        Map.entry("oomScoreAdj", 0),
                        Map.entry("failSwapOn", false),
                        Map.entry("clusterDomain", "cluster.local"),
                        Map.entry("clusterDNS", List.of("10.96.0.10")),
                        Map.entry("resolvConf", ""),
                        Map.entry("makeIPTablesUtilChains", false),
                        Map.entry("healthzBindAddress", "127.0.0.1"),
                        Map.entry(
                                "evictionHard",
                                Map.of(
                                        "memory.available", "100Mi",
                                        "nodefs.available", "1%",
                                        "imagefs.available", "1%",
                                        "nodefs.inodesFree", "1%",
                                        "imagefs.inodesFree", "1%")),
                        // The default asks 5 times a second; examples alone are a dozen pods that start at once.
                        Map.entry("kubeAPIQPS", 50),
                        Map.entry("kubeAPIBurst", 100),
                        Map.entry("podLogsDir", folder("pod-logs")),
                        Map.entry("volumePluginDir", folder("volume-plugins"))));
    }

    private void proxy() {
        json(
                "kube-proxy.json",
                Map.ofEntries(
                        Map.entry("apiVersion", "kubeproxy.config.k8s.io/v1alpha1"),
                        Map.entry("kind", "KubeProxyConfiguration"),
                        Map.entry("mode", "nftables"),
                        Map.entry("bindAddress", "127.0.0.1"),
                        Map.entry(
                                "clientConnection",
                                Map.of(
                                        "kubeconfig",
                                        credentials
                                                .kubeconfig(NodeCredentials.PROXY)
                                                .toString())),
                        Map.entry("clusterCIDR", NodeNetwork.PODS),
                        Map.entry("hostnameOverride", Node.NAME),
                        Map.entry("healthzBindAddress", "127.0.0.1:10256"),
                        Map.entry("metricsBindAddress", "127.0.0.1:10249"),
                        Map.entry("nodePortAddresses", List.of("127.0.0.0/8")),
                        // These are the machine's, not the node's.
                        Map.entry(
                                "conntrack",
                                Map.of(
                                        "maxPerCore",
                                        0,
                                        "min",
                                        0,
                                        "tcpEstablishedTimeout",
                                        "0s",
                                        "tcpCloseWaitTimeout",
                                        "0s"))));
    }

    /** containerd looks in one folder, so Calico's plugin and the CNI project's come together in one. */
    private void plugins(NodeSoftware software) {
        Path folder = state.directory(DIRECTORY + "cni-bin");
        Path standard = Requirements.plugins().orElseThrow(() -> new StackException("the CNI plugins are gone"));
        try (Stream<Path> programs = Files.list(standard)) {
            for (Path program : programs.toList()) {
                link(folder, program);
            }
            if (software.calico().isPresent()) {
                link(folder, software.calico().get().resolve("calico"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path folder, Path program) throws IOException {
        Path link = folder.resolve(program.getFileName());
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, program);
    }

    private void cni(NodeSoftware software) {
        Map<String, Object> addresses =
                Map.of("type", "host-local", "subnet", POD_SUBNET, "dataDir", folder("cni-addresses"));
        folder("cni");
        if (software.calico().isPresent()) {
            conflist(Map.of(
                    "type",
                    "calico",
                    "datastore_type",
                    "kubernetes",
                    "nodename",
                    Node.NAME,
                    "nodename_file_optional",
                    true,
                    "mtu",
                    1500,
                    "log_level",
                    "warning",
                    "log_file_path",
                    state.log("calico-cni").toString(),
                    "ipam",
                    addresses,
                    "policy",
                    Map.of("type", "k8s"),
                    "kubernetes",
                    Map.of(
                            "kubeconfig",
                            credentials.kubeconfig(NodeCredentials.CNI).toString())));
        } else {
            conflist(Map.of(
                    "type",
                    "ptp",
                    "mtu",
                    1500,
                    "ipam",
                    Map.of(
                            "type", "host-local",
                            "ranges", List.of(List.of(Map.of("subnet", POD_SUBNET))),
                            "routes", List.of(Map.of("dst", "0.0.0.0/0")),
                            "dataDir", folder("cni-addresses"))));
        }
    }

    private void conflist(Map<String, Object> plugin) {
        json("cni/10-pods.conflist", Map.of("name", "pods", "cniVersion", "0.3.1", "plugins", List.of(plugin)));
    }

    private void json(String name, Map<String, Object> content) {
        try {
            state.writePrivately(DIRECTORY + name, JSON.writeValueAsBytes(content));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void text(String name, String content) {
        state.writePrivately(DIRECTORY + name, content.getBytes(StandardCharsets.UTF_8));
    }
}
