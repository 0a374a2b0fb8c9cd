package dev.bulkhead.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the command says of its options, before it talks to a cluster. */
class TrustedCommandTest {
    @Test
    void a_day_that_is_none_is_told_as_people_write_days() {
        StringWriter err = new StringWriter();

        int code = new CommandLine(new TrustedCommand(Clock.systemUTC()))
                .setErr(new PrintWriter(err, true))
                .execute("--until", "soon");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString())
                .contains("'--until': 'soon' is no day such as 2027-06-30")
                .doesNotContain("java.");
    }
}
