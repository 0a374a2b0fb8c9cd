package dev.bulkhead.e2e.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** etcd, API server and controller manager: what namespaces, RBAC, admission, quota and garbage collection need. */
final class ControlPlane {
    static final String ETCD = "etcd";
    static final String API_SERVER = "kube-apiserver";
    static final String CONTROLLER_MANAGER = "kube-controller-manager";

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final StateDirectory state;
    private final StackPorts ports;
    private final ListenAddress address;
    private final Pki pki;
    private final Software software;
    private final ProcessSupervisor processes;

    ControlPlane(
            StateDirectory state,
            StackPorts ports,
            ListenAddress address,
            Pki pki,
            Software software,
            ProcessSupervisor processes) {
        this.address = address;
        this.state = state;
        this.ports = ports;
        this.pki = pki;
        this.software = software;
        this.processes = processes;
    }

    StackEndpoints.Kubernetes endpoints() {
        return new StackEndpoints.Kubernetes(
                url(),
                pki.ca().toString(),
                adminKubeconfig().toString(),
                software.kubectl().toString());
    }

    /** Returns when namespaces, service accounts and RBAC work. */
    void start(Progress progress) {
        Kubeconfig.writeWithCertificate(adminKubeconfig(), url(), pki, "admin");
        Kubeconfig.writeWithCertificate(controllerManagerKubeconfig(), url(), pki, "controller-manager");
        // At once: the API server needs longer to come to its first call of etcd than etcd needs to answer it.
        boolean fresh = processes.start(etcd());
        fresh |= processes.start(apiServer());
        try (Https https = Https.as("admin", pki)) {
            await(https, url() + "/readyz", ETCD, API_SERVER);
            if (fresh) {
                progress.say("kube-apiserver is ready on port " + ports.apiServer());
            }
            fresh |= processes.start(controllerManager());
            await(https, "https://127.0.0.1:" + ports.controllerManager() + "/healthz", API_SERVER, CONTROLLER_MANAGER);
            // Pods are refused in a namespace until the controller manager has made this.
            await(https, url() + "/api/v1/namespaces/default/serviceaccounts/default", API_SERVER, CONTROLLER_MANAGER);
        }
        if (fresh) {
            progress.say("kube-controller-manager is ready on port " + ports.controllerManager());
        }
    }

    private void await(Https https, String url, String... needed) {
        Polling.until(
                PATIENCE,
                () -> {
                    for (String name : needed) {
                        if (processes.find(name).isEmpty()) {
                            throw new StackException(name + " has ended" + processes.logTail(name));
                        }
                    }
                    return https.answers(url);
                },
                () -> url + " does not answer after " + Progress.humanly(PATIENCE)
                        + processes.logTail(needed[needed.length - 1]));
    }

    private String url() {
        return "https://" + address.host() + ":" + ports.apiServer();
    }

    private Path adminKubeconfig() {
        return state.root().resolve("admin.kubeconfig");
    }

    private Path controllerManagerKubeconfig() {
        return state.root().resolve("controller-manager.kubeconfig");
    }

    private ProcessSupervisor.Spec etcd() {
        String client = "https://127.0.0.1:" + ports.etcd();
        String peer = "http://127.0.0.1:" + ports.etcdPeer();
        return spec(
                ETCD,
                software.etcd(),
                "--data-dir=" + state.directory("etcd"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer,
                "--client-cert-auth",
                "--trusted-ca-file=" + pki.certificate("etcd-ca"),
                "--cert-file=" + pki.certificate("etcd"),
                "--key-file=" + pki.key("etcd"),
                // Disposable state: waiting for the disk would make every write of every test ten times slower.
                "--unsafe-no-fsync",
                "--log-level=warn");
    }

    private ProcessSupervisor.Spec apiServer() {
        List<String> arguments = new ArrayList<>(List.of(
                "--etcd-servers=https://127.0.0.1:" + ports.etcd(),
                "--etcd-cafile=" + pki.certificate("etcd-ca"),
                "--etcd-certfile=" + pki.certificate("etcd-client"),
                "--etcd-keyfile=" + pki.key("etcd-client"),
                "--bind-address=" + address.host(),
                "--advertise-address=" + address.host(),
                "--secure-port=" + ports.apiServer(),
                "--tls-cert-file=" + pki.certificate("apiserver"),
                "--tls-private-key-file=" + pki.key("apiserver"),
                "--client-ca-file=" + pki.ca(),
                "--anonymous-auth=false",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--service-account-key-file=" + pki.publicKey("service-account"),
                "--service-account-signing-key-file=" + pki.key("service-account"),
                "--service-cluster-ip-range=10.96.0.0/16",
                // As on real clusters, where Pod Security and not this switch keeps privileged pods out.
                "--allow-privileged=true",
                "--profiling=false"));
        arguments.addAll(address.isLoopback() ? withoutNode() : withNode());
        return spec(API_SERVER, software.apiServer(), arguments.toArray(String[]::new));
    }

    private static List<String> withoutNode() {
        return List.of(
                "--authorization-mode=RBAC",
                // A loopback address may not stand in Endpoints, and no pod runs here that would use them.
                "--endpoint-reconciler-type=none");
    }

    private List<String> withNode() {
        return List.of(
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                "--kubelet-certificate-authority=" + pki.ca(),
                "--kubelet-client-certificate=" + pki.certificate("kubelet-client"),
                "--kubelet-client-key=" + pki.key("kubelet-client"),
                "--kubelet-preferred-address-types=InternalIP");
    }

    private ProcessSupervisor.Spec controllerManager() {
        return spec(
                CONTROLLER_MANAGER,
                software.controllerManager(),
                "--kubeconfig=" + controllerManagerKubeconfig(),
                "--authorization-kubeconfig=" + controllerManagerKubeconfig(),
                "--bind-address=127.0.0.1",
                "--secure-port=" + ports.controllerManager(),
                "--tls-cert-file=" + pki.certificate("controller-manager-server"),
                "--tls-private-key-file=" + pki.key("controller-manager-server"),
                "--client-ca-file=" + pki.ca(),
                "--root-ca-file=" + pki.ca(),
                "--service-account-private-key-file=" + pki.key("service-account"),
                "--use-service-account-credentials=true",
                "--leader-elect=false",
                // There is no aggregation layer here whose authority it would look up.
                "--authentication-skip-lookup=true",
                // The default of 20 calls a second spreads the start of its controllers over five seconds.
                "--kube-api-qps=200",
                "--kube-api-burst=400",
                "--profiling=false");
    }

    private static ProcessSupervisor.Spec spec(String name, Path program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return new ProcessSupervisor.Spec(name, command, Map.of());
    }
}
