package dev.bulkhead.operator.boundary;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1m",
        "250, 250m",
        "1000, 1",
        "1500, 1500m",
        "8000, 8",
        "2000000, 2k",
        "9223372036854775807, 9223372036854775807m"
    })
    void millicores_are_written_as_the_api_server_writes_them(long millicores, String quantity) {
        assertThat(Amounts.ofMillicores(millicores)).hasToString(quantity);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1000, 1k",
        "1024, 1Ki",
        "1500, 1500",
        "1500000, 1500k",
        "1048576, 1Mi",
        "5726273536, 5461Mi",
        "17179869184, 16Gi",
        "10000000000, 10G",
        "1152921504606846976, 1Ei",
        "9223372036854775807, 9223372036854775807"
    })
    void bytes_are_written_in_the_shorter_notation_of_the_api_server(long bytes, String quantity) {
        assertThat(Amounts.ofBytes(bytes)).hasToString(quantity);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "40, 40", "1000, 1k", "1100, 1100"})
    void counts_are_written_as_the_api_server_writes_them(long count, String quantity) {
        assertThat(Amounts.ofCount(count)).hasToString(quantity);
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "0.5, 500m", "1000m, 1", "1.125, 1125m", "2.5m, 3m", "1k, 1k", "0, 0", "1Ki, 1024"})
    void cpu_that_somebody_wrote_is_written_as_the_api_server_writes_it(String written, String quantity) {
        assertThat(Amounts.ofCpu(written)).hasToString(quantity);
    }

    @ParameterizedTest
    @CsvSource({"16Gi, 16Gi", "1024Mi, 1Gi", "1.5Gi, 1536Mi", "512M, 512M", "1000M, 1G", "999m, 1", "7Pi, 7Pi"})
    void memory_that_somebody_wrote_is_written_as_the_api_server_writes_it(String written, String quantity) {
        assertThat(Amounts.ofMemory(written)).hasToString(quantity);
    }

    @Property
    void what_is_written_is_what_was_meant(@ForAll @LongRange(min = 0) long amount) {
        assertThat(Quantity.getAmountInBytes(Amounts.ofBytes(amount))).isEqualByComparingTo(BigDecimal.valueOf(amount));
        assertThat(Quantity.getAmountInBytes(Amounts.ofMillicores(amount)))
                .isEqualByComparingTo(BigDecimal.valueOf(amount, 3));
    }
}
