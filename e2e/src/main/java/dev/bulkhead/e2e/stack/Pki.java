package dev.bulkhead.e2e.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/**
 * The certificates of one stack. etcd has an authority of its own: whoever may log in to the API server must not thereby
 * be able to read etcd. So has SeaweedFS, whose parts take a client for one of them that shows any certificate of it.
 */
public final class Pki {
    private final Path directory;

    private Pki(Path directory) {
        this.directory = directory;
    }

    /** The certificates in {@code directory}, as they are. */
    public static Pki in(Path directory) {
        return new Pki(directory);
    }

    /** Makes what is missing in {@code directory} for servers at {@code address} and leaves the rest alone. */
    static Pki prepare(Path directory, InstantSource clock, SecureRandom random, ListenAddress address) {
        CertificateAuthority ca = CertificateAuthority.loadOrCreate(directory, "ca", clock, random);
        ca.server(
                "apiserver",
                List.of(
                        "kubernetes",
                        "kubernetes.default",
                        "kubernetes.default.svc",
                        "kubernetes.default.svc.cluster.local"),
                // The first address of the services' range is the API server's.
                List.of(address.host(), "10.96.0.1"));
        ca.server("controller-manager-server", List.of(), List.of());
        ca.server("postgres", List.of(), List.of(address.host()));
        ca.server("objectstore", List.of(), List.of(address.host()));
        ca.client("kubelet-client", "CN=kube-apiserver-kubelet-client");
        ca.client("controller-manager", "CN=system:kube-controller-manager");
        ca.rsaClient("admin", "O=system:masters,CN=admin");

        CertificateAuthority etcd = CertificateAuthority.loadOrCreate(directory, "etcd-ca", clock, random);
        etcd.server("etcd", List.of(), List.of());
        etcd.client("etcd-client", "CN=kube-apiserver");

        CertificateAuthority store = CertificateAuthority.loadOrCreate(directory, "seaweedfs-ca", clock, random);
        store.server("seaweedfs", List.of(), List.of(address.host()));
        store.client("seaweedfs-operator", "CN=bulkhead-operator");

        Path signing = directory.resolve("service-account.key");
        Path verifying = directory.resolve("service-account.pub");
        if (!Files.exists(verifying)) {
            KeyPair pair = CertificateAuthority.newKeyPair(random);
            Pem.write(signing, pair.getPrivate());
            Pem.writePublic(verifying, pair.getPublic());
        }
        return new Pki(directory);
    }

    /** The authority that signed all but etcd's and SeaweedFS's. */
    public Path ca() {
        return certificate("ca");
    }

    /** The certificate {@code name}. */
    public Path certificate(String name) {
        return directory.resolve(name + ".crt");
    }

    /** Its key. */
    public Path key(String name) {
        return directory.resolve(name + ".key");
    }

    Path publicKey(String name) {
        return directory.resolve(name + ".pub");
    }
}
