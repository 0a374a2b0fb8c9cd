package dev.bulkhead.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.cli.TrustedCommand;
import dev.bulkhead.operator.cli.VerifyCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What all commands have in common. */
class MainTest {
    static Stream<CommandLine> commands() {
        return Main.commandLine().getSubcommands().values().stream()
                .flatMap(command -> command.getSubcommands().isEmpty()
                        ? Stream.of(command)
                        : command.getSubcommands().values().stream());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_says_its_exit_codes_and_the_table_of_all_has_it(CommandLine command) throws IOException {
        assertThat(command.getUsageMessage(CommandLine.Help.Ansi.OFF)).contains("Exit codes: 0 ");
        String name = command.getCommandSpec().qualifiedName().replaceFirst("^bulkhead ", "");
        assertThat(Files.readString(Path.of("..", "docs", "operations.md"))).contains("| `" + name + "` |");
    }

    static Stream<CommandLine> thatFind() {
        return Stream.of(new VerifyCommand(new Random(7), Clock.systemUTC()), new TrustedCommand(Clock.systemUTC()))
                .map(CommandLine::new);
    }

    /** 1 says that something was found. */
    @ParameterizedTest
    @MethodSource("thatFind")
    void an_error_of_its_own_is_no_finding(CommandLine command) {
        assertThat(command.getCommandSpec().exitCodeOnExecutionException()).isEqualTo(2);
    }
}
