package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.database.SchemaPlan.RoleKind;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.TestCertificate;
import dev.bulkhead.operator.probe.database.DatabaseLimits;
import dev.bulkhead.operator.probe.database.DatabaseLogin;
import dev.bulkhead.operator.probe.database.DatabaseProbe;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a server that offers TLS also takes people without. */
class DatabaseProbeTlsIT {
    private static final String DATABASE = "tenants";

    @Test
    void only_a_server_that_refuses_everybody_without_tls_is_proven(@TempDir Path folder) throws Exception {
        TestCertificate certificate = TestCertificate.in(folder);
        Files.setPosixFilePermissions(certificate.keyFile(), PosixFilePermissions.fromString("rw-------"));
        try (EmbeddedPostgres postgres = TestServer.configured()
                .setDataDirectory(folder.resolve("data"))
                .setServerConfig("ssl", "on")
                .setServerConfig("ssl_cert_file", certificate.certificateFile().toString())
                .setServerConfig("ssl_key_file", certificate.keyFile().toString())
                .start()) {
            Path rules = folder.resolve("data").resolve("pg_hba.conf");
            TestServer.secured(postgres, rules);
            superuser(postgres, "CREATE DATABASE " + DATABASE + " OWNER " + TestServer.OPERATOR);
            DatabaseAddress address = new DatabaseAddress("127.0.0.1", postgres.getPort(), true, certificate.pem());

            List<Trial> open = run(address, address);
            Files.writeString(rules, """
                    host    all postgres 127.0.0.1/32 trust
                    hostssl all all      127.0.0.1/32 scram-sha-256
                    """);
            reload(postgres);
            List<Trial> closed = run(address, address);
            List<Trial> untrusted = run(address, new DatabaseAddress("127.0.0.1", postgres.getPort(), true, null));

            assertThat(finding(open)).isEqualTo(RoundFinding.Failed);
            assertThat(finding(closed)).isEqualTo(RoundFinding.Proven);
            assertThat(finding(untrusted)).isEqualTo(RoundFinding.Inconclusive);
            assertThat(untrusted).extracting(trial -> trial.check().ending()).containsOnly(Ending.TlsFailed);
        }
    }

    private static List<Trial> run(DatabaseAddress address, DatabaseAddress probed) throws InterruptedException {
        TenantIdentity tenant = Fixture.newIdentity();
        Credential login = new Credential(RoleKind.LOGIN1.of(tenant), "a password".toCharArray());
        try (DatabaseServerConnection operator = new DatabaseServerConnection(
                address, Fixture.operator(), Fixture.TIMEOUTS, InstantSource.system(), new Traffic())) {
            assertThat(new DatabaseApplier(operator, new SecureRandom())
                            .apply(Fixture.plan(tenant, DATABASE, false), login)
                            .done())
                    .isTrue();
        }
        Subject self = new Subject(
                "klinik-nord",
                tenant,
                Tenants.plainSpec(),
                BackedParts.homes(
                        new TenantStatus.DatabaseStatus("main", DATABASE, tenant.schema(), RoleKind.LOGIN1.of(tenant)),
                        null));
        return new DatabaseProbe(
                        _ -> Optional.of(new DatabaseLogin(probed, DATABASE, RoleKind.LOGIN1.of(tenant), "a password")),
                        DatabaseLimits.defaults(),
                        Set.of(),
                        new Random())
                .run(self, List.of());
    }

    private static RoundFinding finding(List<Trial> trials) {
        return ControlProof.of(Set.of(Control.TI_TLS), trials, Instant.EPOCH, Duration.ofHours(24))
                .getFirst()
                .finding();
    }

    /** New sessions follow the new rules once the server says that it has read them. */
    private static void reload(EmbeddedPostgres postgres) throws SQLException {
        List<String> before = asked(postgres);
        superuser(postgres, "SELECT pg_reload_conf()");
        await().until(() -> !asked(postgres).equals(before));
    }

    private static List<String> asked(EmbeddedPostgres postgres) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"))) {
            return TestServer.query(connection, "SELECT pg_conf_load_time()");
        }
    }

    private static void superuser(EmbeddedPostgres postgres, String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.getJdbcUrl("postgres", "postgres"))) {
            TestServer.execute(connection, statement);
        }
    }
}
