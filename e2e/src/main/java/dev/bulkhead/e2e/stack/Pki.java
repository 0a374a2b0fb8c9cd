package dev.bulkhead.e2e.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/**
 * The certificates of one stack. etcd has an authority of its own: whoever may log in to the API server must not thereby
 * be able to read etcd.
 */
final class Pki {
    private final Path directory;

    private Pki(Path directory) {
        this.directory = directory;
    }

    /** Makes what is missing in {@code directory} and leaves the rest alone. */
    static Pki prepare(Path directory, InstantSource clock, SecureRandom random) {
        CertificateAuthority ca = CertificateAuthority.loadOrCreate(directory, "ca", clock, random);
        ca.server(
                "apiserver",
                List.of(
                        "kubernetes",
                        "kubernetes.default",
                        "kubernetes.default.svc",
                        "kubernetes.default.svc.cluster.local"));
        ca.server("controller-manager-server", List.of());
        ca.server("postgres", List.of());
        ca.server("objectstore", List.of());
        ca.client("controller-manager", "CN=system:kube-controller-manager");
        ca.rsaClient("admin", "O=system:masters,CN=admin");

        CertificateAuthority etcd = CertificateAuthority.loadOrCreate(directory, "etcd-ca", clock, random);
        etcd.server("etcd", List.of());
        etcd.client("etcd-client", "CN=kube-apiserver");

        Path signing = directory.resolve("service-account.key");
        Path verifying = directory.resolve("service-account.pub");
        if (!Files.exists(verifying)) {
            KeyPair pair = CertificateAuthority.newKeyPair(random);
            Pem.write(signing, pair.getPrivate());
            Pem.writePublic(verifying, pair.getPublic());
        }
        return new Pki(directory);
    }

    Path ca() {
        return certificate("ca");
    }

    Path certificate(String name) {
        return directory.resolve(name + ".crt");
    }

    Path key(String name) {
        return directory.resolve(name + ".key");
    }

    Path publicKey(String name) {
        return directory.resolve(name + ".pub");
    }
}
