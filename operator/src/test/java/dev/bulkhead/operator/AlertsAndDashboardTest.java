package dev.bulkhead.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.backend.OpenBackend;
import dev.bulkhead.operator.backend.StoredBytes;
import dev.bulkhead.operator.backend.SweepMetrics;
import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.guard.GuardMetrics;
import dev.bulkhead.operator.guard.GuardReport;
import dev.bulkhead.operator.metrics.StorageMetrics;
import dev.bulkhead.operator.metrics.TenantMetrics;
import dev.bulkhead.operator.probe.ProbeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An alert on a metric that nobody exports never fires, and nobody notices: each has to be in a real scrape. */
class AlertsAndDashboardTest {
    private static final Path RULES = Path.of("../charts/bulkhead/files/prometheus-rules.yaml");
    private static final Path RULES_TRIED = Path.of("src/test/resources/alerts/alerts-tried.yaml");
    private static final Path DASHBOARD = Path.of("../charts/bulkhead/files/grafana-dashboard.json");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private static final Pattern METRIC = Pattern.compile("\\b((?:bulkhead|jvm|process)_[a-z0-9_]+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(=~|!=|!~|=)\"([^\"]*)\"");
    private static final Pattern SERIES = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? \\S+");

    /** Labels that come with the scrape. */
    private static final Set<String> ADDED = Set.of("pod", "namespace", "job", "instance");

    static List<String> expressions() throws IOException {
        List<String> found = new ArrayList<>();
        for (JsonNode group : YAML.readTree(RULES.toFile()).path("groups")) {
            group.path("rules").forEach(rule -> found.add(rule.path("expr").asText()));
        }
        for (JsonNode panel : YAML.readTree(DASHBOARD.toFile()).path("panels")) {
            panel.path("targets")
                    .forEach(target -> found.add(target.path("expr").asText()));
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void every_metric_and_label_that_is_asked_for_is_exported(String expression) {
        List<String> scrape = scrape();
        Set<String> names =
                scrape.stream().map(AlertsAndDashboardTest::name).collect(Collectors.toCollection(TreeSet::new));
        Matcher asked = METRIC.matcher(expression);
        int metrics = 0;
        while (asked.find()) {
            metrics++;
            assertThat(names).contains(asked.group(1));
            Matcher label = MATCHER.matcher(asked.group(2) == null ? "" : asked.group(2));
            while (label.find()) {
                if (!ADDED.contains(label.group(1))) {
                    String value = label.group(2).equals("=") ? label.group(3) + "\"" : "";
                    assertThat(scrape)
                            .as("%s of %s", label.group(), asked.group(1))
                            .anyMatch(line ->
                                    name(line).equals(asked.group(1)) && line.contains(label.group(1) + "=\"" + value));
                }
            }
        }
        assertThat(metrics).isPositive();
    }

    @Test
    void every_metric_of_ours_is_named_as_prometheus_asks() {
        assertThat(scrape())
                .extracting(AlertsAndDashboardTest::name)
                .filteredOn(name -> name.startsWith("bulkhead_"))
                .isNotEmpty()
                .allMatch(name -> name.matches("[a-z_]+") && !name.contains("__"))
                .noneMatch(name -> name.matches(".*_(millis|minutes|ms)(_.*)?"));
    }

    @Test
    void every_alert_says_how_bad_it_is_and_what_to_do() throws IOException {
        List<String> names = new ArrayList<>();
        for (JsonNode group : YAML.readTree(RULES.toFile()).path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                names.add(rule.path("alert").asText());
                assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning");
                assertThat(rule.at("/annotations/summary").asText()).hasSizeGreaterThan(20);
                assertThat(rule.at("/annotations/description").asText()).endsWith(".");
            }
        }
        assertThat(names).hasSizeGreaterThan(6).doesNotHaveDuplicates().allMatch(n -> n.startsWith("Bulkhead"));
    }

    /** Where Prometheus' own tool is on the PATH (Debian: package prometheus). */
    @Test
    void promtool_accepts_the_rules_and_they_fire_when_they_should() throws IOException, InterruptedException {
        Optional<Path> promtool = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(promtool.isPresent(), "promtool is not on the PATH");

        assertThat(run(promtool.orElseThrow(), "check", "rules", RULES)).contains("SUCCESS");
        assertThat(run(promtool.orElseThrow(), "test", "rules", RULES_TRIED)).contains("SUCCESS");
    }

    private static String run(Path tool, String first, String second, Path file)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(tool.toString(), first, second, file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static String name(String line) {
        Matcher series = SERIES.matcher(line);
        return series.matches() ? series.group(1) : "";
    }

    /** What operator and prober show together, after each has done something. */
    private static List<String> scrape() {
        PrometheusMeterRegistry registry = Service.registry();
        new CallMetrics(registry).after(ExternalCalls.Backend.s3, ExternalCalls.Verb.read, "GetObject", "ok");
        new ProbeMetrics(registry);
        new SweepMetrics(registry);
        new GuardMetrics(registry)
                .accept(new GuardReport(
                        NOW,
                        List.of(new GuardReport.GuardLine("0", GuardReport.GuardStanding.INTACT, NOW, "", null)),
                        null));
        TenantMetrics.Known known = new TenantMetrics.Known(
                List.of(
                        ProbedTenants.verified("acme", NOW),
                        ProbedTenants.tenant(
                                "burg",
                                TenantPhase.Degraded,
                                Isolation.Breached,
                                List.of(ProbedTenants.control(
                                        Control.TI_DB, Enforcement.Degraded, Proof.Failed, NOW)))),
                List.of(ProbedTenants.incident(NOW, null)));
        registry.getPrometheusRegistry()
                .register(new TenantMetrics(() -> Optional.of(known), Clock.fixed(NOW, ZoneOffset.UTC)));
        registry.getPrometheusRegistry()
                .register(new StorageMetrics(
                        () -> List.of(new StoredBytes("acme", "objects-1", new OpenBackend.Stored(1L, 2L)))));
        return registry.scrape().lines().filter(line -> !line.startsWith("#")).toList();
    }
}
