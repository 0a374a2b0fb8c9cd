package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.CertificateAuthority;
import dev.bulkhead.e2e.stack.Kubeconfig;
import dev.bulkhead.e2e.stack.Pki;
import dev.bulkhead.e2e.stack.StateDirectory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** How each of the node's programs logs in: as itself, with the rights Kubernetes gives to that name. */
record NodeCredentials(StateDirectory state, Pki pki) {
    static final String KUBELET = "kubelet";
    static final String SCHEDULER = "scheduler";
    static final String PROXY = "kube-proxy";
    static final String FELIX = "calico-node";
    static final String CNI = "calico-cni";

    private static final String SERVER = "kubelet-server";

    /** Makes what is missing. */
    static NodeCredentials prepare(
            StateDirectory state, String apiServer, NodeNetwork network, InstantSource clock, SecureRandom random) {
        Path directory = state.directory("pki");
        CertificateAuthority ca = CertificateAuthority.loadOrCreate(directory, "ca", clock, random);
        ca.server(SERVER, List.of(Node.NAME), List.of(network.node()));
        Map<String, String> subjects = Map.of(
                KUBELET, "O=system:nodes,CN=system:node:" + Node.NAME,
                SCHEDULER, "CN=system:kube-scheduler",
                PROXY, "CN=system:kube-proxy",
                FELIX, "CN=calico-node",
                CNI, "CN=calico-cni");
        NodeCredentials credentials = new NodeCredentials(state, Pki.in(directory));
        subjects.forEach((name, subject) -> {
            ca.client(name, subject);
            Kubeconfig.writeWithCertificate(credentials.kubeconfig(name), apiServer, credentials.pki, name);
        });
        return credentials;
    }

    Path kubeconfig(String name) {
        return state.root().resolve("node").resolve(name + ".kubeconfig");
    }

    Path ca() {
        return pki.ca();
    }

    Path serverCertificate() {
        return pki.certificate(SERVER);
    }

    Path serverKey() {
        return pki.key(SERVER);
    }
}
