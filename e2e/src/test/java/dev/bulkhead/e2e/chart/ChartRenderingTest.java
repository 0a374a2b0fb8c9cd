package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.zjsonpatch.JsonDiff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart renders, without a cluster. */
class ChartRenderingTest {
    private static final Path CRDS = RenderedChart.DIRECTORY.resolve("files/crds");
    private static final YAMLMapper YAML = new YAMLMapper();

    static Stream<Path> valuesFiles() {
        return RenderedChart.valuesFiles().stream();
    }

    @Test
    void the_chart_passes_lint() {
        LintResult result = new Helm(RenderedChart.DIRECTORY).lint().strict().call();

        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @Test
    void the_rendered_crds_keep_the_text_of_their_files() throws IOException {
        String rendered = RenderedChart.render(RenderedChart.minimalValues(), Map.of());

        for (String name : names(CRDS)) {
            assertThat(rendered).contains(Files.readString(CRDS.resolve(name)).strip());
        }
    }

    /** OpenReports keeps two files of 400 lines; the chart keeps the one, so whatever else differs is a mistake here. */
    @Test
    void a_report_about_the_cluster_differs_from_one_about_a_tenant_in_names_and_scope_only() {
        List<GenericKubernetesResource> objects = RenderedChart.objects(RenderedChart.minimalValues());

        JsonNode report = RenderedChart.object(objects, "CustomResourceDefinition", "reports.openreports.io");
        JsonNode clusterReport =
                RenderedChart.object(objects, "CustomResourceDefinition", "clusterreports.openreports.io");

        assertThat(JsonDiff.asJson(report, clusterReport))
                .extracting(change -> change.path("path").asText() + ": "
                        + change.path("value").asText())
                .containsExactlyInAnyOrder(
                        "/metadata/name: clusterreports.openreports.io",
                        "/spec/names/kind: ClusterReport",
                        "/spec/names/listKind: ClusterReportList",
                        "/spec/names/plural: clusterreports",
                        "/spec/names/singular: clusterreport",
                        "/spec/names/shortNames/0: creps",
                        "/spec/scope: Cluster",
                        "/spec/versions/0/schema/openAPIV3Schema/description: "
                                + "ClusterReport is the Schema for the ClusterReport API");
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void no_object_appears_twice(Path values) {
        assertThat(RenderedChart.objects(values))
                .extracting(o -> o.getKind() + " " + o.getMetadata().getNamespace() + "/"
                        + o.getMetadata().getName())
                .isNotEmpty()
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void objects_stay_in_the_namespace_of_the_release_but_for_keys_and_the_right_to_report_on_tenants(Path values)
            throws IOException {
        String keys = keysNamespace(values);

        assertThat(RenderedChart.objects(values))
                .filteredOn(o -> o.getMetadata().getNamespace() != null
                        && !o.getMetadata().getNamespace().equals(RenderedChart.NAMESPACE))
                .extracting(o -> o.getKind() + " " + o.getMetadata().getNamespace() + "/"
                        + o.getMetadata().getName())
                .containsExactlyInAnyOrder(
                        "Role default/bulkhead-operator-events",
                        "RoleBinding default/bulkhead-operator-events",
                        "RoleBinding default/bulkhead-guard-keeper-events",
                        "Role " + keys + "/bulkhead-operator-keys",
                        "RoleBinding " + keys + "/bulkhead-operator-keys",
                        "ResourceQuota " + keys + "/bulkhead-no-pods");
    }

    /** Without what lies there nothing of any tenant could ever be opened again. */
    @ParameterizedTest
    @MethodSource("valuesFiles")
    void keys_lie_in_a_namespace_that_runs_no_pod_and_outlives_the_release(Path values) throws IOException {
        List<GenericKubernetesResource> objects = RenderedChart.objects(values);

        JsonNode namespace = RenderedChart.object(objects, "Namespace", keysNamespace(values));
        assertThat(namespace
                        .at("/metadata/labels/pod-security.kubernetes.io~1enforce")
                        .asText())
                .isEqualTo("restricted");
        JsonNode quota = RenderedChart.object(objects, "ResourceQuota", "bulkhead-no-pods");
        assertThat(strings(quota.at("/spec/hard"))).isEqualTo(Map.of("pods", "0", "count/pods", "0"));
        assertThat(List.of(namespace, quota))
                .extracting(o ->
                        o.at("/metadata/annotations/helm.sh~1resource-policy").asText())
                .containsOnly("keep");
    }

    private static String keysNamespace(Path values) throws IOException {
        return YAML.readTree(values.toFile()).at("/keysNamespace").asText(RenderedChart.KEYS);
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void the_operator_reads_the_configuration(Path values, @TempDir Path directory)
            throws IOException, OperatorSettings.UnusableSettingsException {
        JsonNode given = YAML.readTree(values.toFile());
        Path file = directory.resolve("config.yaml");
        YAML.writeValue(file.toFile(), config(RenderedChart.objects(values)));

        OperatorSettings settings = OperatorSettings.read(file, null);

        assertThat(settings.operatorNamespace()).isEqualTo(RenderedChart.NAMESPACE);
        assertThat(settings.keysNamespace()).isEqualTo(keysNamespace(values));
        assertThat(settings.platform().podCidrs()).containsExactlyElementsOf(texts(given.at("/platform/podCidrs")));
        assertThat(settings.platform().clusterDomain())
                .isEqualTo(given.at("/platform/clusterDomain").asText("cluster.local"));
        assertThat(settings.leaderElection() == null)
                .isEqualTo(!given.at("/leaderElection/enabled").asBoolean(true));
        assertThat(settings.log().format()).isEqualTo(given.at("/log/format").asText("json"));
        assertThat(settings.masterKeys()).isEqualTo(Path.of("/etc/bulkhead/master-keys"));
        JsonNode container = deployment(RenderedChart.objects(values)).at("/spec/template/spec/containers/0");
        assertThat(container.at("/ports/0/containerPort").asInt()).isEqualTo(settings.healthPort());
        assertThat(container.at("/ports/1/containerPort").asInt()).isEqualTo(settings.metricsPort());
    }

    @Test
    void a_changed_configuration_starts_new_pods() {
        JsonNode before = deployment(RenderedChart.objects(RenderedChart.minimalValues()));
        JsonNode after =
                deployment(RenderedChart.objects(RenderedChart.minimalValues(), Map.of("sweepInterval", "PT2M")));

        String checksum = "/spec/template/metadata/annotations/bulkhead.dev~1config";
        assertThat(after.at(checksum).asText())
                .isNotEmpty()
                .isNotEqualTo(before.at(checksum).asText());
    }

    @Test
    void only_the_pods_of_the_operator_get_its_token() {
        List<GenericKubernetesResource> objects = RenderedChart.objects(RenderedChart.minimalValues());

        JsonNode account = RenderedChart.object(objects, "ServiceAccount", "bulkhead-operator");
        assertThat(account.path("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(deployment(objects)
                        .at("/spec/template/spec/automountServiceAccountToken")
                        .asBoolean(false))
                .isTrue();
    }

    @Test
    void a_digest_wins_over_the_tag() {
        String image = deployment(RenderedChart.objects(RenderedChart.DIRECTORY.resolve("ci/everything-values.yaml")))
                .at("/spec/template/spec/containers/0/image")
                .asText();

        assertThat(image).startsWith("registry.example/platform/bulkhead-operator@sha256:");
    }

    @Test
    void the_master_key_comes_from_a_secret_or_from_the_volume_that_is_given_instead() {
        assertThat(masterKeys(RenderedChart.minimalValues())
                        .at("/secret/secretName")
                        .asText())
                .isEqualTo("bulkhead-master-key");
        JsonNode vault = masterKeys(RenderedChart.DIRECTORY.resolve("ci/single-values.yaml"));
        assertThat(vault.at("/csi/driver").asText()).isEqualTo("secrets-store.csi.k8s.io");
        assertThat(vault.has("secret")).isFalse();
    }

    /** A key that the chart makes is another key after the next render, and every tenant's secrets are lost. */
    @ParameterizedTest
    @MethodSource("valuesFiles")
    void no_secret_is_ever_rendered(Path values) {
        assertThat(RenderedChart.objects(values)).noneMatch(o -> o.getKind().equals("Secret"));
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void two_renders_are_equal(Path values) {
        assertThat(RenderedChart.render(values, Map.of())).isEqualTo(RenderedChart.render(values, Map.of()));
    }

    @Test
    void what_is_switched_off_is_not_rendered() {
        assertThat(RenderedChart.objects(RenderedChart.DIRECTORY.resolve("ci/single-values.yaml")))
                .extracting(GenericKubernetesResource::getKind)
                .doesNotContain(
                        "CustomResourceDefinition",
                        "TenantProfile",
                        "NetworkPolicy",
                        "PodDisruptionBudget",
                        "FlowSchema",
                        "PriorityLevelConfiguration",
                        "PrometheusRule",
                        "ServiceMonitor")
                .contains("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding");
    }

    /** What two of them select is scraped twice. */
    @Test
    void each_service_monitor_selects_the_metrics_of_one_service() {
        List<GenericKubernetesResource> objects =
                RenderedChart.objects(RenderedChart.DIRECTORY.resolve("ci/everything-values.yaml"));

        for (String name : List.of("bulkhead-operator", "bulkhead-prober", "bulkhead-guard-keeper")) {
            Map<String, String> wanted = strings(
                    RenderedChart.object(objects, "ServiceMonitor", name).at("/spec/selector/matchLabels"));
            assertThat(objects)
                    .filteredOn(o -> o.getKind().equals("Service")
                            && o.getMetadata().getLabels().entrySet().containsAll(wanted.entrySet()))
                    .extracting(o -> o.getMetadata().getName())
                    .containsExactly(name + "-metrics");
            assertThat(strings(RenderedChart.object(objects, "Service", name + "-metrics")
                            .at("/spec/selector")))
                    .isEqualTo(strings(
                            RenderedChart.object(objects, "Deployment", name).at("/spec/selector/matchLabels")));
        }
    }

    @Test
    void alerts_and_dashboard_are_rendered_as_they_stand_in_their_files() throws IOException {
        List<GenericKubernetesResource> objects =
                RenderedChart.objects(RenderedChart.DIRECTORY.resolve("ci/everything-values.yaml"));

        assertThat(RenderedChart.object(objects, "PrometheusRule", "bulkhead").at("/spec"))
                .isEqualTo(YAML.readTree(RenderedChart.DIRECTORY
                        .resolve("files/prometheus-rules.yaml")
                        .toFile()));
        assertThat(RenderedChart.object(objects, "PrometheusRule", "bulkhead")
                        .at("/metadata/labels/release")
                        .asText())
                .isEqualTo("prometheus");
        JsonNode dashboard = RenderedChart.object(objects, "ConfigMap", "bulkhead-dashboard");
        assertThat(dashboard.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
        assertThat(YAML.readTree(dashboard.at("/data/bulkhead.json").asText()))
                .isEqualTo(YAML.readTree(RenderedChart.DIRECTORY
                        .resolve("files/grafana-dashboard.json")
                        .toFile()));
    }

    @Test
    void the_operator_is_reached_by_nobody_unless_scrapers_are_named() {
        JsonNode policy = RenderedChart.object(
                RenderedChart.objects(RenderedChart.minimalValues()), "NetworkPolicy", "bulkhead-operator");

        assertThat(policy.at("/spec/ingress").isMissingNode()).isTrue();
        assertThat(policy.at("/spec/policyTypes")).extracting(JsonNode::asText).containsExactly("Ingress", "Egress");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            platform.podCidrs           | null                | platform.podCidrs is empty
            platform.serviceCidrs       | null                | platform.serviceCidrs is empty
            platform.nodeCidrs          | null                | platform.nodeCidrs is empty
            leaderElection.enabled      | false               | leaderElection.enabled: true
            masterKey.existingSecret    | ''                  | masterKey.existingSecret names the Secret
            keysNamespace               | bulkhead-system     | keysNamespace is the release's own namespace
            keysNamespace               | acme--app           | does not match pattern
            keysNamespace               | kube-system         | keysNamespace
            platform.podCidrs[0]        | 10.0.0.0            | does not match pattern
            platform.podSecurityVersion | latest              | does not match pattern
            platform.dnsNameSpace       | kube-system         | dnsNameSpace
            replicaCount                | 3                   | replicaCount
            replicas                    | 11                  | 11
            image.digest                | sha256:short        | does not match pattern
            log.format                  | xml                 | log
            sweepInterval               | 60s                 | does not match pattern
            networkPolicy.backends[0].name | postgresql       | port
            flowControl.shares          | 0                   | shares
            """)
    void a_value_that_cannot_work_is_refused_and_named(String name, String value, String expected) {
        assertThatThrownBy(() -> RenderedChart.render(RenderedChart.minimalValues(), Map.of(name, value)))
                .hasMessageContaining(expected);
    }

    @Test
    void every_value_is_described_by_the_schema() throws IOException {
        JsonNode values =
                YAML.readTree(RenderedChart.DIRECTORY.resolve("values.yaml").toFile());
        JsonNode schema = YAML.readTree(
                RenderedChart.DIRECTORY.resolve("values.schema.json").toFile());

        assertThat(undescribed("", values, schema)).isEmpty();
    }

    private static Set<String> undescribed(String path, JsonNode values, JsonNode schema) {
        Set<String> missing = new TreeSet<>();
        values.properties().forEach(value -> {
            JsonNode described = schema.path("properties").path(value.getKey());
            String name = path + "." + value.getKey();
            if (described.isMissingNode()
                    && !schema.path("additionalProperties").isObject()) {
                missing.add(name);
            } else if (described.has("properties")) {
                missing.addAll(undescribed(name, value.getValue(), described));
            }
        });
        return missing;
    }

    private static Map<String, String> strings(JsonNode object) {
        return object.properties().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().asText()));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static JsonNode config(List<GenericKubernetesResource> objects) throws IOException {
        return YAML.readTree(RenderedChart.object(objects, "ConfigMap", "bulkhead-operator")
                .at("/data/config.yaml")
                .asText());
    }

    private static JsonNode deployment(List<GenericKubernetesResource> objects) {
        return RenderedChart.object(objects, "Deployment", "bulkhead-operator");
    }

    private static JsonNode masterKeys(Path values) {
        for (JsonNode volume : deployment(RenderedChart.objects(values)).at("/spec/template/spec/volumes")) {
            if (volume.path("name").asText().equals("master-keys")) {
                return volume;
            }
        }
        throw new AssertionError("no volume of master keys");
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
