package dev.bulkhead.e2e.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

@ExtendWith(StackExtension.class)
class LocalStackIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void the_api_server_is_ready_and_knows_its_version(KubernetesClient admin) {
        assertThat(admin.raw("/readyz")).isEqualTo("ok");
        assertThat(admin.getKubernetesVersion().getGitVersion()).startsWith("v1.37.");
    }

    @Test
    void a_call_without_credentials_is_refused(StackEndpoints endpoints) {
        StackEndpoints.Kubernetes kubernetes = endpoints.kubernetes();
        try (KubernetesClient nobody = client(kubernetes, null)) {
            assertThatExceptionOfType(KubernetesClientException.class)
                    .isThrownBy(() -> nobody.namespaces().list())
                    .returns(401, KubernetesClientException::getCode);
        }
    }

    @Test
    void a_service_account_logs_in_with_a_token_and_may_do_nothing(KubernetesClient admin, StackEndpoints endpoints) {
        String namespace = createNamespace(admin);
        await().atMost(PATIENCE)
                .until(() -> admin.serviceAccounts()
                                .inNamespace(namespace)
                                .withName("default")
                                .get()
                        != null);

        TokenRequest request = admin.serviceAccounts()
                .inNamespace(namespace)
                .withName("default")
                .tokenRequest();
        try (KubernetesClient account =
                client(endpoints.kubernetes(), request.getStatus().getToken())) {
            SelfSubjectReview self =
                    account.resource(new SelfSubjectReviewBuilder().build()).create();
            assertThat(self.getStatus().getUserInfo().getUsername())
                    .isEqualTo("system:serviceaccount:" + namespace + ":default");
            assertThatExceptionOfType(KubernetesClientException.class)
                    .isThrownBy(() -> account.secrets().inNamespace(namespace).list())
                    .returns(403, KubernetesClientException::getCode);
        }
    }

    @Test
    void a_deleted_namespace_goes_with_all_that_is_in_it(KubernetesClient admin) {
        String namespace = createNamespace(admin);
        ConfigMap inside = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("inside")
                .withNamespace(namespace)
                .endMetadata()
                .build();
        admin.resource(inside).create();

        admin.namespaces().withName(namespace).delete();

        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(admin.namespaces().withName(namespace).get()).isNull());
    }

    @Test
    void a_quota_refuses_what_exceeds_it(KubernetesClient admin) {
        String namespace = createNamespace(admin);
        admin.resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withName("total")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withHard(Map.of("count/secrets", new Quantity("1")))
                        .endSpec()
                        .build())
                .create();
        await().atMost(PATIENCE)
                .until(() -> admin.resourceQuotas()
                                .inNamespace(namespace)
                                .withName("total")
                                .get()
                                .getStatus()
                                .getUsed()
                        != null);

        admin.resource(secret(namespace, "first")).create();

        assertThatThrownBy(() -> admin.resource(secret(namespace, "second")).create())
                .hasMessageContaining("exceeded quota");
    }

    @Test
    void postgres_takes_the_operator_with_a_verified_certificate_and_gives_it_no_superuser(StackEndpoints endpoints)
            throws SQLException {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        try (Connection connection = operator(postgres, postgres.jdbcUrl(postgres.database()));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT rolsuper, rolcreaterole, rolcreatedb, ssl, current_setting('server_version_num')::int"
                                + " FROM pg_roles, pg_stat_ssl WHERE rolname = current_user AND pid = pg_backend_pid()")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getBoolean("rolsuper")).isFalse();
            assertThat(row.getBoolean("rolcreaterole")).isTrue();
            assertThat(row.getBoolean("rolcreatedb")).isTrue();
            assertThat(row.getBoolean("ssl")).isTrue();
            assertThat(row.getInt(5)).isBetween(180_000, 189_999);
        }
    }

    @Test
    void postgres_refuses_connections_without_tls_and_clients_refuse_a_foreign_authority(StackEndpoints endpoints) {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        String plain = "jdbc:postgresql://%s:%d/%s?sslmode=disable"
                .formatted(postgres.host(), postgres.port(), postgres.database());
        assertThatThrownBy(() -> operator(postgres, plain).close()).hasMessageContaining("no encryption");

        String foreign =
                Path.of(postgres.caCertificate()).resolveSibling("etcd-ca.crt").toString();
        String distrusting = postgres.jdbcUrl(postgres.database()).replace(postgres.caCertificate(), foreign);
        assertThatThrownBy(() -> operator(postgres, distrusting).close()).hasMessageContaining("SSL error");
    }

    @Test
    void postgres_is_prepared_so_that_an_ordinary_login_enters_no_shared_database(StackEndpoints endpoints)
            throws SQLException {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        for (String shared : new String[] {"postgres", "template1"}) {
            assertThatThrownBy(
                            () -> operator(postgres, postgres.jdbcUrl(shared)).close())
                    .hasMessageContaining("permission denied for database");
        }
        try (Connection connection = operator(postgres, postgres.jdbcUrl(postgres.database()));
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("SELECT lo_create(0)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @Test
    void the_object_store_keeps_every_version_of_an_object(StackEndpoints endpoints) {
        try (S3Client s3 = S3Access.client(endpoints.objectStore())) {
            String bucket = "versions-" + UUID.randomUUID();
            s3.createBucket(request -> request.bucket(bucket));
            s3.putBucketVersioning(request -> request.bucket(bucket)
                    .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));

            s3.putObject(request -> request.bucket(bucket).key("folder/object"), RequestBody.fromString("one"));
            s3.putObject(request -> request.bucket(bucket).key("folder/object"), RequestBody.fromString("two"));

            ListObjectVersionsResponse versions = s3.listObjectVersions(request -> request.bucket(bucket));
            assertThat(versions.versions()).hasSize(2);
            assertThat(s3.getObjectAsBytes(request -> request.bucket(bucket).key("folder/object"))
                            .asUtf8String())
                    .isEqualTo("two");
        }
    }

    @Test
    void the_object_store_refuses_a_wrong_key(StackEndpoints endpoints) {
        StackEndpoints.ObjectStoreEndpoint store = endpoints.objectStore();
        StackEndpoints.ObjectStoreEndpoint wrong = new StackEndpoints.ObjectStoreEndpoint(
                store.endpoint(),
                store.adminEndpoint(),
                store.region(),
                store.rootAccessKey(),
                "not the secret key",
                store.caCertificate(),
                store.adminCertificate(),
                store.adminKey(),
                store.filerSigningKey(),
                store.internal());
        try (S3Client s3 = S3Access.client(wrong)) {
            assertThatExceptionOfType(S3Exception.class)
                    .isThrownBy(s3::listBuckets)
                    .returns(403, S3Exception::statusCode);
        }
    }

    @Test
    void endpoints_never_print_a_secret(StackEndpoints endpoints) {
        assertThat(endpoints.toString())
                .contains(URI.create(endpoints.objectStore().endpoint()).getAuthority())
                .doesNotContain(
                        endpoints.postgres().operatorPassword(),
                        endpoints.postgres().superuserPassword(),
                        endpoints.objectStore().rootSecretKey(),
                        endpoints.objectStore().filerSigningKey());
    }

    private static String createNamespace(KubernetesClient admin) {
        Namespace namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withGenerateName("stack-")
                .endMetadata()
                .build();
        return admin.resource(namespace).create().getMetadata().getName();
    }

    private static Secret secret(String namespace, String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .build();
    }

    private static KubernetesClient client(StackEndpoints.Kubernetes kubernetes, @Nullable String token) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(kubernetes.apiServerUrl())
                .withCaCertFile(kubernetes.caCertificate())
                .withOauthToken(token)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static Connection operator(StackEndpoints.Postgres postgres, String url) throws SQLException {
        return DriverManager.getConnection(url, postgres.operatorUser(), postgres.operatorPassword());
    }
}
