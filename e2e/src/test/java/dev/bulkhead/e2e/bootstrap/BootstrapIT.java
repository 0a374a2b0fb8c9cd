package dev.bulkhead.e2e.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(StackExtension.class)
class BootstrapIT {
    private static final Path CHART = Path.of("..", "charts", "bulkhead");
    private static final List<String> KINDS = List.of("DatabaseServer", "ObjectStore", "TenantProfile");

    @TempDir
    private Path directory;

    @Test
    void a_second_bootstrap_writes_nothing_and_keeps_the_master_key(KubernetesClient admin, StackEndpoints endpoints) {
        Bootstrap bootstrap = bootstrap(admin, endpoints);
        UpStep.runAll(bootstrap.installation(), _ -> {});
        Map<String, String> first = versions(admin);
        assertThat(first)
                .containsKeys(
                        "DatabaseServer local",
                        "ObjectStore local",
                        "Secret bulkhead-master-key",
                        "Secret databaseserver-local");

        UpStep.runAll(bootstrap(admin, endpoints).installation(), _ -> {});

        assertThat(versions(admin)).isEqualTo(first);
    }

    @Test
    void the_operators_token_is_its_own_and_may_not_do_what_an_administrator_may(
            KubernetesClient admin, StackEndpoints endpoints) throws IOException {
        Bootstrap bootstrap = bootstrap(admin, endpoints);
        UpStep.runAll(bootstrap.installation(), _ -> {});

        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(endpoints.kubernetes().apiServerUrl())
                .withCaCertFile(endpoints.kubernetes().caCertificate())
                .withOauthToken(Files.readString(
                        bootstrap.access(BulkheadProcess.OPERATOR).tokenFile()))
                .build();
        try (KubernetesClient operator =
                new KubernetesClientBuilder().withConfig(config).build()) {
            SelfSubjectReview self =
                    operator.resource(new SelfSubjectReviewBuilder().build()).create();
            assertThat(self.getStatus().getUserInfo().getUsername())
                    .isEqualTo("system:serviceaccount:bulkhead-system:bulkhead-operator");
            assertThat(operator.genericKubernetesResources("bulkhead.dev/v1beta1", "DatabaseServer")
                            .list()
                            .getItems())
                    .isNotEmpty();
            assertThatExceptionOfType(KubernetesClientException.class)
                    .isThrownBy(
                            () -> operator.secrets().inNamespace("kube-system").list())
                    .returns(403, KubernetesClientException::getCode);
        }
    }

    private Bootstrap bootstrap(KubernetesClient admin, StackEndpoints endpoints) {
        return new Bootstrap(
                admin,
                Recipe.local(endpoints),
                new StateDirectory(directory),
                CHART,
                Path.of("no-jar"),
                new SecureRandom());
    }

    private static Map<String, String> versions(KubernetesClient admin) {
        Map<String, String> versions = new TreeMap<>();
        Stream.of(
                        Stream.of(Bootstrap.NAMESPACE, Bootstrap.KEYS_NAMESPACE)
                                .flatMap(n -> admin.secrets().inNamespace(n).list().getItems().stream()),
                        admin.rbac().clusterRoles().list().getItems().stream(),
                        admin.apiextensions().v1().customResourceDefinitions().list().getItems().stream(),
                        KINDS.stream()
                                .flatMap(
                                        kind -> admin
                                                .genericKubernetesResources("bulkhead.dev/v1beta1", kind)
                                                .list()
                                                .getItems()
                                                .stream()))
                .flatMap(objects -> objects)
                .map(HasMetadata.class::cast)
                // Kubernetes completes its own roles by and by.
                .filter(object -> !object.getKind().equals("ClusterRole")
                        || object.getMetadata().getName().startsWith("bulkhead"))
                .forEach(object -> versions.put(
                        object.getKind() + " " + object.getMetadata().getName(),
                        object.getMetadata().getResourceVersion()));
        return versions;
    }
}
