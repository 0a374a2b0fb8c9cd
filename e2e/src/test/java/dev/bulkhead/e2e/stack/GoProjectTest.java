package dev.bulkhead.e2e.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoProjectTest {
    static Stream<GoProject> projects() {
        return Stream.of(GoProject.KUBERNETES, GoProject.ETCD);
    }

    @ParameterizedTest
    @MethodSource("projects")
    void the_version_comes_from_go_mod_and_its_digest_is_in_go_sum(GoProject project) {
        assertThat(project.version()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(new String(project.file("go.sum"), StandardCharsets.UTF_8))
                .contains(project.module() + " v" + project.version() + " h1:");
    }

    static Stream<GoProject> projectsBetweenReleases() {
        return Stream.of(GoProject.CALICO, GoProject.SEAWEEDFS);
    }

    @ParameterizedTest
    @MethodSource("projectsBetweenReleases")
    void a_version_between_releases_is_found_too(GoProject project) {
        assertThat(new String(project.file("go.sum"), StandardCharsets.UTF_8))
                .contains(project.module() + " v" + project.version() + " h1:");
    }

    @Test
    void a_program_of_this_project_has_a_version_that_all_its_sources_make() throws IOException {
        try (Stream<Path> folder = Files.list(Path.of("src", "main", "go", "workload"))) {
            assertThat(folder.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(GoProject.WORKLOAD.files());
        }
        assertThat(GoProject.WORKLOAD.version()).matches("[0-9a-f]{12}").isEqualTo(GoProject.WORKLOAD.version());
        GoProject fewer = new GoProject(
                "workload",
                "dev.bulkhead/binaries/workload",
                Map.of("workload", "."),
                List.of(),
                List.of("main.go"),
                "");
        assertThat(fewer.version()).isNotEqualTo(GoProject.WORKLOAD.version());
    }

    @ParameterizedTest
    @MethodSource({"projects", "projectsBetweenReleases"})
    void every_program_is_a_tool_of_go_mod_so_that_tidying_keeps_what_it_needs(GoProject project) {
        String goMod = new String(project.file("go.mod"), StandardCharsets.UTF_8);
        assertThat(project.programs().values()).allMatch(goMod::contains);
        assertThat(goMod).contains("tool");
    }
}
