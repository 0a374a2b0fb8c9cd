package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.ProcessSupervisor.Spec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How each of the node's servers is started. */
final class NodeProcesses {
    static final String CONTAINERD = "containerd";
    static final String KUBELET = "kubelet";
    static final String SCHEDULER = "kube-scheduler";
    static final String PROXY = "kube-proxy";
    static final String FELIX = "calico-felix";
    static final int FELIX_HEALTH = 9099;

    private final NodeNamespaces namespaces;
    private final NodeConfiguration configuration;
    private final NodeCredentials credentials;
    private final NodeSoftware software;

    NodeProcesses(
            NodeNamespaces namespaces,
            NodeConfiguration configuration,
            NodeCredentials credentials,
            NodeSoftware software) {
        this.namespaces = namespaces;
        this.configuration = configuration;
        this.credentials = credentials;
        this.software = software;
    }

    Spec containerd() {
        return spec(CONTAINERD, Map.of(), "containerd", "--config=" + configuration.file("containerd.toml"));
    }

    Spec kubelet(NodeNetwork network) {
        return spec(
                KUBELET,
                Map.of(),
                kubernetes("kubelet"),
                "--config=" + configuration.file("kubelet.json"),
                "--kubeconfig=" + credentials.kubeconfig(NodeCredentials.KUBELET),
                "--hostname-override=" + Node.NAME,
                "--node-ip=" + network.node(),
                "--root-dir=" + configuration.file("kubelet"),
                "--cert-dir=" + configuration.file("kubelet").resolve("pki"));
    }

    Spec scheduler() {
        String kubeconfig = credentials.kubeconfig(NodeCredentials.SCHEDULER).toString();
        return spec(
                SCHEDULER,
                Map.of(),
                kubernetes("kube-scheduler"),
                "--kubeconfig=" + kubeconfig,
                "--authentication-kubeconfig=" + kubeconfig,
                "--authorization-kubeconfig=" + kubeconfig,
                "--authentication-skip-lookup=true",
                "--bind-address=127.0.0.1",
                "--leader-elect=false",
                "--profiling=false");
    }

    Spec proxy() {
        return spec(PROXY, Map.of(), kubernetes("kube-proxy"), "--config=" + configuration.file("kube-proxy.json"));
    }

    /** Calico's agent, which turns NetworkPolicies into rules of the kernel. */
    Spec felix(NodeNetwork network) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("KUBECONFIG", credentials.kubeconfig(NodeCredentials.FELIX).toString());
        settings.put("FELIX_DATASTORETYPE", "kubernetes");
        settings.put("FELIX_FELIXHOSTNAME", Node.NAME);
        settings.put("FELIX_IPTABLESBACKEND", "nft");
        settings.put("FELIX_LOGSEVERITYSCREEN", "warning");
        settings.put("FELIX_LOGFILEPATH", "none");
        settings.put("FELIX_LOGSEVERITYFILE", "none");
        settings.put("FELIX_LOGSEVERITYSYS", "none");
        // What a pod may send is for the policies to say, also towards the node.
        settings.put("FELIX_DEFAULTENDPOINTTOHOSTACTION", "ACCEPT");
        settings.put("FELIX_BPFENABLED", "false");
        settings.put("FELIX_IPV6SUPPORT", "false");
        settings.put("FELIX_USAGEREPORTINGENABLED", "false");
        settings.put("FELIX_VXLANENABLED", "false");
        settings.put("FELIX_IPINIPENABLED", "false");
        settings.put("FELIX_HEALTHENABLED", "true");
        settings.put("FELIX_HEALTHHOST", network.node());
        settings.put("FELIX_HEALTHPORT", Integer.toString(FELIX_HEALTH));
        settings.put("FELIX_TYPHAADDR", "none");
        return spec(
                FELIX,
                settings,
                software.calico().orElseThrow().resolve("calico-felix").toString(),
                "--config-file=" + configuration.file("felix.cfg"));
    }

    private String kubernetes(String program) {
        return software.kubernetes().resolve(program).toString();
    }

    private Spec spec(String name, Map<String, String> settings, String... command) {
        Map<String, String> environment = new TreeMap<>(settings);
        environment.put("PATH", Tool.PATH);
        return new Spec(name, namespaces.inside(List.of(command)), environment);
    }
}
