package dev.bulkhead.operator.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.guard.GuardManifest.Expectation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GuardManifestsTest {
    private static final Path DIRECTORY = Path.of("src/main/resources/guards");

    @Test
    void the_index_names_every_manifest_sorted() throws IOException {
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            List<String> there = files.filter(Files::isRegularFile)
                    .map(file -> DIRECTORY.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> name.contains("/"))
                    .sorted()
                    .toList();
            if (Boolean.getBoolean("bulkhead.regenerate")) {
                Files.writeString(DIRECTORY.resolve("index.txt"), String.join("\n", there) + "\n");
            }
            assertThat(Files.readAllLines(DIRECTORY.resolve("index.txt"))).isEqualTo(there);
        }
    }

    @Test
    void every_policy_has_something_that_must_be_refused() {
        Set<String> policies =
                GuardManifests.all().stream().map(GuardManifest::policy).collect(Collectors.toCollection(TreeSet::new));

        assertThat(policies).hasSizeGreaterThan(14);
        assertThat(policies)
                .allSatisfy(policy -> assertThat(GuardManifests.all())
                        .filteredOn(m -> m.policy().equals(policy) && m.expectation() == Expectation.REFUSE)
                        .isNotEmpty());
    }

    @Test
    void every_request_can_be_sent_once_its_values_are_known() {
        Map<String, String> values = Map.of(
                "namespace",
                "canary--app",
                "tenant",
                "canary",
                "identity",
                "0b8f2f2e-6f0a-4c0e-9a55-1c1f1f9a7d01",
                "podSecurity",
                "v1.37",
                "clusterDomain",
                "cluster.local");

        assertThat(GuardManifests.all()).hasSizeGreaterThan(100).allSatisfy(manifest -> {
            GuardManifest filled = manifest.with(values);
            assertThat(filled.dryPath() + filled.json()).doesNotContain("${");
            assertThat(filled.purpose()).endsWith(".");
            assertThat(filled.method()).isIn("POST", "PUT", "PATCH", "DELETE");
            assertThat(filled.connects() || filled.dryPath().contains("dryRun=All"))
                    .isTrue();
            assertThat(filled.json().isEmpty()).isEqualTo(filled.method().equals("DELETE") || filled.connects());
        });
    }

    @Test
    void rounds_leave_out_what_only_a_maker_of_platform_admins_could_try_and_nothing_else() {
        assertThat(GuardManifests.all())
                .filteredOn(manifest -> !GuardManifests.ofRounds().contains(manifest))
                .hasSize(8)
                .extracting(GuardManifest::policy)
                .containsOnly("bulkhead-platform-admins");
    }

    @Test
    void what_pod_security_refuses_is_known_by_its_own_words() {
        GuardManifest manifest = GuardManifest.parse(
                "pod-security/refuse/the-nodes-network.yaml", "# Try.\n# POST /api/v1/namespaces/a--b/pods\n");

        assertThat(manifest.guard()).isEqualTo(GuardManifest.POD_SECURITY);
        assertThat(manifest.policy()).isEqualTo("PodSecurity");
        assertThat(manifest.signature()).isEqualTo("violates PodSecurity \"restricted:");
    }

    @Test
    void a_manifest_says_where_it_goes_and_how() {
        GuardManifest manifest = GuardManifest.parse("02-namespace-identity/refuse/the-label-removed.yaml", """
                # Take the label off.
                # PATCH /api/v1/namespaces/${namespace}/status
                - op: remove
                  path: /metadata/labels
                """)
                .with(Map.of("namespace", "canary--app"));

        assertThat(manifest.guard()).isEqualTo("2");
        assertThat(manifest.policy()).isEqualTo("bulkhead-namespace-identity");
        assertThat(manifest.name()).isEqualTo("the-label-removed");
        assertThat(manifest.dryPath()).isEqualTo("/api/v1/namespaces/canary--app/status?dryRun=All");
        assertThat(manifest.mediaType()).isEqualTo("application/json-patch+json");
        assertThat(manifest.json()).isEqualTo("[{\"op\":\"remove\",\"path\":\"/metadata/labels\"}]");
    }

    @Test
    void a_manifest_without_its_two_lines_is_an_error() {
        assertThatThrownBy(() -> GuardManifest.parse("04-services/pass/x.yaml", "apiVersion: v1\nkind: Service\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("04-services/pass/x.yaml must begin with a comment line");
    }
}
