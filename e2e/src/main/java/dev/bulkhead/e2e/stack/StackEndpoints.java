package dev.bulkhead.e2e.stack;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the servers of a running stack are and how to log in to them. Holds secrets: it is written for its owner only,
 * and {@link #toString()} leaves them out.
 */
public record StackEndpoints(Kubernetes kubernetes, Postgres postgres, ObjectStoreEndpoint objectStore) {
    /** The file in the state directory. */
    static final String FILE = "endpoints.json";

    /**
     * The control plane.
     *
     * @param apiServerUrl e.g. {@code https://127.0.0.1:21034}
     * @param caCertificate PEM file
     * @param adminKubeconfig file; its user is in {@code system:masters}
     * @param kubectl the program, of the API server's version
     */
    public record Kubernetes(String apiServerUrl, String caCertificate, String adminKubeconfig, String kubectl) {

        /** A client with all rights, for the bootstrap and for tests; the caller closes it. */
        public KubernetesClient adminClient() {
            Config config = new ConfigBuilder(Config.fromKubeconfig(new File(adminKubeconfig)))
                    // The server is on this machine, whatever proxy the user's environment names.
                    .withHttpProxy(null)
                    .withHttpsProxy(null)
                    .build();
            return new KubernetesClientBuilder().withConfig(config).build();
        }
    }

    /**
     * PostgreSQL.
     *
     * @param database the database for schemas of tenants, owned by the operator's role
     * @param operatorUser CREATEROLE and CREATEDB, no superuser
     * @param caCertificate PEM file; the server takes TLS with a password only
     */
    public record Postgres(
            String host,
            int port,
            String database,
            String operatorUser,
            String operatorPassword,
            String superuser,
            String superuserPassword,
            String caCertificate) {

        /** JDBC URL of {@code databaseName} that checks the server's certificate and name. */
        public String jdbcUrl(String databaseName) {
            return "jdbc:postgresql://%s:%d/%s?sslmode=verify-full&sslrootcert=%s"
                    .formatted(host, port, databaseName, caCertificate);
        }

        @Override
        public String toString() {
            return "Postgres[%s:%d/%s, %s]".formatted(host, port, database, operatorUser);
        }
    }

    /**
     * The S3 server.
     *
     * @param endpoint S3, path style, e.g. {@code https://127.0.0.1:21035}
     * @param adminEndpoint the filer's gRPC, which takes no client without a certificate
     * @param caCertificate PEM file, for both
     * @param adminCertificate PEM file, what an administrator shows the filer
     * @param adminKey its key
     * @param internal what else the server listens on, as {@code host:port}; nobody but its parts is answered there
     * @param filerSigningKey what an administrator signs its requests to the filer with
     */
    public record ObjectStoreEndpoint(
            String endpoint,
            String adminEndpoint,
            String region,
            String rootAccessKey,
            String rootSecretKey,
            String caCertificate,
            String adminCertificate,
            String adminKey,
            String filerSigningKey,
            List<String> internal) {

        /** Copies. */
        public ObjectStoreEndpoint {
            internal = List.copyOf(internal);
        }

        /** What {@link #adminCertificate()} holds. */
        public String adminCertificatePem() {
            return Pem.text(Path.of(adminCertificate));
        }

        /** What {@link #adminKey()} holds. */
        public String adminKeyPem() {
            return Pem.text(Path.of(adminKey));
        }

        @Override
        public String toString() {
            return "ObjectStore[%s, admin %s]".formatted(endpoint, adminEndpoint);
        }
    }
}
