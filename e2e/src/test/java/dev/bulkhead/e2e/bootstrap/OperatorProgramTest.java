package dev.bulkhead.e2e.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorProgramTest {
    @TempDir
    private Path directory;

    private Path jar;
    private StateDirectory state;

    @BeforeEach
    void build() throws IOException {
        Path target = directory.resolve("target");
        Files.createDirectories(target.resolve("lib"));
        jar = Files.writeString(target.resolve("operator.jar"), "program");
        Files.writeString(target.resolve("lib/api.jar"), "library");
        state = new StateDirectory(directory.resolve("state"));
        state.create();
    }

    @Test
    void a_copy_has_the_jar_and_its_libraries_and_a_build_does_not_reach_it() throws IOException {
        Path copy = OperatorProgram.at(jar).copyIn(state);

        Files.writeString(jar, "another program");
        Files.writeString(jar.resolveSibling("lib/api.jar"), "another library");

        assertThat(copy).hasContent("program").startsWith(state.root());
        assertThat(copy.resolveSibling("lib/api.jar")).hasContent("library");
    }

    @Test
    void the_same_build_is_the_same_program_and_is_copied_once() throws IOException {
        Path copy = OperatorProgram.at(jar).copyIn(state);
        Files.writeString(copy, "left alone");

        assertThat(OperatorProgram.at(jar).copyIn(state)).isEqualTo(copy);
        assertThat(copy).hasContent("left alone");
    }

    @Test
    void another_library_makes_another_program() throws IOException {
        OperatorProgram before = OperatorProgram.at(jar);

        Files.writeString(jar.resolveSibling("lib/api.jar"), "another library");

        assertThat(OperatorProgram.at(jar).digest()).isNotEqualTo(before.digest());
    }

    @Test
    void copies_of_other_builds_and_half_made_ones_are_removed() throws IOException {
        OperatorProgram.at(jar).copyIn(state);
        Path copies = state.root().resolve("operator/program");
        Files.createDirectory(copies.resolve(".half"));
        Files.writeString(jar, "another program");
        OperatorProgram now = OperatorProgram.at(jar);
        now.copyIn(state);

        now.removeOthers(state);

        try (var left = Files.list(copies)) {
            assertThat(left).containsExactly(copies.resolve(now.digest()));
        }
    }

    @Test
    void where_nothing_was_built_the_remedy_is_named() {
        assertThatThrownBy(() -> OperatorProgram.at(directory.resolve("none.jar")))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("none.jar")
                .hasMessageContaining("mvn");
    }
}
