package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.outcome.Reason;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** TLS with a private CA that exists only as text. */
@TestInstance(Lifecycle.PER_CLASS)
class TlsIT {
    private static final String STORE_PASSWORD = "only-for-this-test";

    @TempDir
    private static Path directory;

    private EmbeddedPostgres server;
    private String ca;

    @BeforeAll
    void start() throws Exception {
        KeyStore keys = keys("server", "ca");
        ca = pem("CERTIFICATE", keys.getCertificate("ca").getEncoded());
        Path certificate = directory.resolve("server.crt");
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("server").getEncoded()) + ca);
        Path key = directory.resolve("server.key");
        Files.writeString(
                key,
                pem(
                        "PRIVATE KEY",
                        keys.getKey("server", STORE_PASSWORD.toCharArray()).getEncoded()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path data = directory.resolve("data");
        server = TestServer.configured()
                .setDataDirectory(data)
                .setServerConfig("ssl", "on")
                .setServerConfig("ssl_cert_file", certificate.toString())
                .setServerConfig("ssl_key_file", key.toString())
                .start();
        TestServer.secured(server, data.resolve("pg_hba.conf"));
        try (var postgres = server.getPostgresDatabase().getConnection()) {
            TestServer.execute(postgres, "CREATE DATABASE tenants OWNER " + TestServer.OPERATOR);
        }
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
    }

    @Test
    void a_server_whose_certificate_chains_to_the_given_ca_is_trusted() {
        ServerProbe.Observation seen = observe("127.0.0.1", ca);

        assertThat(seen.outcome().done()).isTrue();
        assertThat(seen.capabilities())
                .contains(new Capability(ServerProbe.TLS, true, "TLSv1.3, chain and host name verified"));
    }

    @Test
    void the_ca_may_be_one_of_several() throws Exception {
        String other = pem(
                "CERTIFICATE",
                keys("another-server", "another-ca")
                        .getCertificate("another-ca")
                        .getEncoded());

        assertThat(observe("127.0.0.1", other + ca).outcome().done()).isTrue();
    }

    @Test
    void a_server_of_another_ca_is_refused() throws Exception {
        String other = pem(
                "CERTIFICATE",
                keys("foreign-server", "foreign-ca")
                        .getCertificate("foreign-ca")
                        .getEncoded());

        assertRefused(observe("127.0.0.1", other));
    }

    @Test
    void a_server_is_not_trusted_by_the_public_authorities() {
        assertRefused(observe("127.0.0.1", null));
    }

    @Test
    void a_certificate_for_another_host_is_refused() {
        assertRefused(observe("localhost", ca));
    }

    @Test
    void a_ca_that_is_no_pem_is_refused() {
        assertRefused(observe("127.0.0.1", "not a certificate"));
        assertThatExceptionOfType(GeneralSecurityException.class).isThrownBy(() -> new PemTrust("not a certificate"));
    }

    private static void assertRefused(ServerProbe.Observation seen) {
        assertThat(seen.outcome().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.reason()).isEqualTo(Reason.DatabaseUnavailable);
            assertThat(finding.message()).contains("certificate");
        });
    }

    private ServerProbe.Observation observe(String host, @Nullable String pem) {
        try (DatabaseServerConnection connection = new DatabaseServerConnection(
                new DatabaseAddress(host, server.getPort(), true, pem),
                Fixture.operator(),
                Fixture.TIMEOUTS,
                InstantSource.system(),
                SqlTraffic.UNHEARD)) {
            return new ServerProbe(connection).observe(List.of("tenants"));
        }
    }

    /** A CA, and a server certificate for 127.0.0.1 that it signed; the JDK's own tool makes them. */
    private KeyStore keys(String serverAlias, String caAlias) throws Exception {
        Path store = directory.resolve(caAlias + ".p12");
        keytool(store, caAlias, "-dname", "CN=" + caAlias, "-ext", "bc:c");
        keytool(store, serverAlias, "-dname", "CN=" + serverAlias, "-ext", "san=ip:127.0.0.1", "-signer", caAlias);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, STORE_PASSWORD.toCharArray());
        }
        return keys;
    }

    private static void keytool(Path store, String alias, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                STORE_PASSWORD,
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END " + kind + "-----\n";
    }
}
