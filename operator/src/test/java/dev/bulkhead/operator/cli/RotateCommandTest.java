package dev.bulkhead.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RotateCommandTest {
    private final StringWriter err = new StringWriter();

    @Test
    void what_cannot_be_exchanged_is_said_with_what_can() {
        assertThat(run("acme", "--what", "database,redis")).isEqualTo(2);
        assertThat(err.toString()).contains("'redis' cannot be exchanged", "object-store");
    }

    @Test
    void a_tenant_has_to_be_named() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("TENANT");
    }

    private int run(String... arguments) {
        return new CommandLine(new RotateCommand(Clock.systemUTC()))
                .setErr(new PrintWriter(err, true))
                .setOut(new PrintWriter(new StringWriter()))
                .execute(arguments);
    }
}
