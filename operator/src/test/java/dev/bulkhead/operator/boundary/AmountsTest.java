package dev.bulkhead.operator.boundary;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    @CsvSource({"8, 8000", "0.5, 500", "250m, 250", "1.125, 1125", "2.5m, 2", "1k, 1000000", "0, 0", "1Ki, 1024000"})
    void cpu_is_read_and_rounded_down(String quantity, long millicores) {
        assertThat(Amounts.millicores(quantity)).hasValue(millicores);
    }

    @ParameterizedTest
    @CsvSource({"16Gi, 17179869184", "1.5Gi, 1610612736", "512M, 512000000", "999m, 0", "7Pi, 7881299347898368"})
    void bytes_are_read_and_rounded_down(String quantity, long bytes) {
        assertThat(Amounts.bytes(quantity)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " 1", "-1", "1e3", "1E", "1 Gi", "01", "1.", "NaN", "999999999Pi", "٣"})
    void what_is_no_amount_or_too_big_to_count_is_empty(String quantity) {
        assertThat(Amounts.bytes(quantity)).isEmpty();
    }

    @Property
    void what_is_written_is_what_was_meant(@ForAll @LongRange(min = 0) long amount) {
        assertThat(Quantity.getAmountInBytes(Amounts.ofBytes(amount))).isEqualByComparingTo(BigDecimal.valueOf(amount));
        assertThat(Quantity.getAmountInBytes(Amounts.ofMillicores(amount)))
                .isEqualByComparingTo(BigDecimal.valueOf(amount, 3));
    }
}
