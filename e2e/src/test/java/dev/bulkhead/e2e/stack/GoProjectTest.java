package dev.bulkhead.e2e.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoProjectTest {
    static Stream<GoProject> projects() {
        return Stream.of(GoProject.KUBERNETES, GoProject.ETCD, GoProject.VERSITYGW);
    }

    @ParameterizedTest
    @MethodSource("projects")
    void the_version_comes_from_go_mod_and_its_digest_is_in_go_sum(GoProject project) {
        assertThat(project.version()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(new String(project.file("go.sum"), StandardCharsets.UTF_8))
                .contains(project.module() + " v" + project.version() + " h1:");
    }

    @ParameterizedTest
    @MethodSource("projects")
    void every_program_is_a_tool_of_go_mod_so_that_tidying_keeps_what_it_needs(GoProject project) {
        String goMod = new String(project.file("go.mod"), StandardCharsets.UTF_8);
        assertThat(project.programs().values()).allMatch(goMod::contains);
        assertThat(goMod).contains("tool");
    }
}
