package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.Release;
import dev.bulkhead.e2e.stack.TemporaryStack;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Helm installs, upgrades, removes and brings back the chart, and no Tenant notices. Needs a cluster of its own, because
 * Helm refuses to touch objects that another test applied.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HelmLifecycleIT {
    private static final String PROFILE = """
            apiVersion: bulkhead.dev/v1beta1
            kind: TenantProfile
            metadata:
              name: lifecycle
            spec:
              product: %s
              document: TOM 1.0
            """;

    private static final YAMLMapper YAML = new YAMLMapper();

    private TemporaryStack stack;
    private Path kubeconfig;
    private KubernetesClient admin;

    @BeforeAll
    void start() {
        stack = TemporaryStack.start();
        kubeconfig = Path.of(stack.endpoints().kubernetes().adminKubeconfig());
        admin = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                .build();
    }

    @AfterAll
    void stop() {
        admin.close();
        stack.close();
    }

    @Test
    void tenants_and_profiles_outlive_every_step_of_a_release(@TempDir Path directory) throws IOException {
        Path chart = copyOfTheChart(directory);
        Path profile = chart.resolve("profiles/lifecycle.yaml");
        Files.writeString(profile, PROFILE.formatted("first"));

        // The release brings the CRDs and, at once, objects of them.
        assertThat(install(chart).getStatus()).isEqualTo("deployed");
        assertThat(product()).isEqualTo("first");
        for (Path shipped : RenderedChart.filesIn("profiles")) {
            assertShipped(YAML.readValue(shipped.toFile(), GenericKubernetesResource.class));
        }
        admin.resource(Samples.tenant("lifecycle")).create();
        String tenant = uid(tenant());
        Secret ring = Samples.secret(RenderedChart.KEYS, "ring");
        String ringUid = admin.resource(ring).create().getMetadata().getUid();

        Files.writeString(profile, PROFILE.formatted("second"));
        Path crd = chart.resolve("files/crds/tenants.bulkhead.dev.yaml");
        Files.writeString(crd, Files.readString(crd).replace("- bt\n", "- bt\n      - bht\n"));
        assertThat(upgrade(chart).getStatus()).isEqualTo("deployed");
        assertThat(product()).isEqualTo("second");
        assertThat(shortNamesOfTenants()).as("the upgrade reaches the CRDs").contains("bht");

        String profileUid = uid(profile());
        Files.writeString(profile, PROFILE.formatted("third"));
        assertThat(upgrade(chart).getStatus()).isEqualTo("deployed");
        assertThat(product()).isEqualTo("third");
        assertThat(uid(profile())).as("changed, not replaced").isEqualTo(profileUid);

        Helm.uninstall(RenderedChart.RELEASE)
                .withNamespace(RenderedChart.NAMESPACE)
                .withKubeConfig(kubeconfig)
                .call();
        assertThat(operatorIsThere()).isFalse();
        assertThat(admin.resource(ring).get().getMetadata().getUid()).isEqualTo(ringUid);
        assertThat(admin.resourceQuotas()
                        .inNamespace(RenderedChart.KEYS)
                        .withName("bulkhead-no-pods")
                        .get())
                .isNotNull();
        assertThat(uid(tenant())).isEqualTo(tenant);
        assertThat(product()).isEqualTo("third");

        Files.writeString(profile, PROFILE.formatted("fourth"));
        assertThat(install(chart).getStatus()).isEqualTo("deployed");
        assertThat(operatorIsThere()).isTrue();
        assertThat(admin.resource(ring).get().getMetadata().getUid()).isEqualTo(ringUid);
        assertThat(uid(tenant())).isEqualTo(tenant);
        assertThat(product()).isEqualTo("fourth");

        Files.writeString(profile, PROFILE.formatted("fifth"));
        Path values = directory.resolve("values.yaml");
        Files.writeString(
                values,
                Files.readString(RenderedChart.minimalValues())
                        + "\nprofiles: { storageClasses: [encrypted, encrypted-fast] }\n");
        assertThat(upgrade(chart, values).getStatus()).isEqualTo("deployed");
        assertThat(product()).isEqualTo("fifth");
        assertThat(profile().get().<List<String>>get("spec", "bounds", "storage.classes", "oneOf"))
                .containsExactly("encrypted", "encrypted-fast");
    }

    /** The API server adds defaults, and nothing else. */
    private void assertShipped(GenericKubernetesResource written) {
        GenericKubernetesResource live = admin.resource(written).get();

        assertThat(live).isNotNull();
        assertThat(live.<Map<String, Object>>get("spec")).containsAllEntriesOf(written.get("spec"));
        assertThat(live.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
    }

    private List<String> shortNamesOfTenants() {
        return admin.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("tenants.bulkhead.dev")
                .get()
                .getSpec()
                .getNames()
                .getShortNames();
    }

    private Release install(Path chart) {
        return new Helm(chart)
                .install()
                .withName(RenderedChart.RELEASE)
                .withNamespace(RenderedChart.NAMESPACE)
                .createNamespace()
                .withValuesFile(RenderedChart.minimalValues())
                .withKubeConfig(kubeconfig)
                .call();
    }

    private Release upgrade(Path chart) {
        return upgrade(chart, RenderedChart.minimalValues());
    }

    private Release upgrade(Path chart, Path values) {
        return new Helm(chart)
                .upgrade()
                .withName(RenderedChart.RELEASE)
                .withNamespace(RenderedChart.NAMESPACE)
                .withValuesFile(values)
                .withKubeConfig(kubeconfig)
                .call();
    }

    private boolean operatorIsThere() {
        return admin.apps()
                        .deployments()
                        .inNamespace(RenderedChart.NAMESPACE)
                        .withName("bulkhead-operator")
                        .get()
                != null;
    }

    private String product() {
        return profile().get().get("spec", "product");
    }

    private Resource<GenericKubernetesResource> profile() {
        return admin.genericKubernetesResources("bulkhead.dev/v1beta1", "TenantProfile")
                .withName("lifecycle");
    }

    private Resource<GenericKubernetesResource> tenant() {
        return admin.genericKubernetesResources("bulkhead.dev/v1beta1", "Tenant")
                .withName("lifecycle");
    }

    private static String uid(Resource<GenericKubernetesResource> object) {
        GenericKubernetesResource found = object.get();
        assertThat(found).as("it is still there").isNotNull();
        return found.getMetadata().getUid();
    }

    private static Path copyOfTheChart(Path directory) throws IOException {
        Path copy = directory.resolve("chart");
        try (Stream<Path> files = Files.walk(RenderedChart.DIRECTORY)) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(RenderedChart.DIRECTORY.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        Files.createDirectories(copy.resolve("profiles"));
        return copy;
    }
}
