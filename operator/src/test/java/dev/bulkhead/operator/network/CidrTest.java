package dev.bulkhead.operator.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.network.Cidr.Parsing;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0/0, 0.0.0.0/0",
        "203.0.113.7/32, 203.0.113.7/32",
        "255.255.255.255/32, 255.255.255.255/32",
        "10.0.0.0/8, 10.0.0.0/8",
        "::/0, ::/0",
        "2001:DB8::/32, 2001:db8::/32",
        "2001:db8:0:0:0:0:0:1/128, 2001:db8::1/128",
        "2001:0db8:0000:0001::/64, 2001:db8:0:1::/64",
        "1:0:0:2:0:0:0:3/128, 1:0:0:2::3/128",
        "1:0:2:0:3:0:4:5/128, 1:0:2:0:3:0:4:5/128",
        "0:0:1:1:1:1:1:1/128, ::1:1:1:1:1:1/128",
        "1:1:1:1:1:1:0:0/128, 1:1:1:1:1:1::/128",
        "64:ff9b::203.0.113.0/120, 64:ff9b::cb00:7100/120"
    })
    void a_range_is_read_and_written_canonically(String text, String canonical) {
        assertThat(Cidr.of(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7/24, 203.0.113.0/24",
        "10.0.0.1/0, 0.0.0.0/0",
        "2001:db8::1/32, 2001:db8::/32",
        "203.0.113.7, /32",
        "example.com/32, host names",
        "localhost/8, host names",
        "203.0.113/24, host names",
        "1/8, host names",
        "0x7f.0.0.1/32, host names",
        "010.0.0.0/8, host names",
        "999.0.0.0/8, not an address",
        "1.2.3.4/33, longer than 32",
        "::/129, longer than 128",
        "1.2.3.4/032, not CIDR",
        "1.2.3.4/-1, not CIDR",
        "1.2.3.4/+8, not CIDR",
        "1.2.3.4/, not CIDR",
        "/8, not CIDR",
        "1.2.3.4/8/8, not CIDR",
        "fe80::1%eth0/128, host names",
        "1:2:3:4:5:6:7:8:9/128, not an address",
        "1::2::3/128, not an address",
        ":/128, not an address",
        "12345::/16, not an address",
        "::ffff:10.0.0.1/128, 10.0.0.1",
        "::ffff:a00:1/128, 10.0.0.1",
        "0:0:0:0:0:FFFF:169.254.169.254/128, 169.254.169.254",
        "'1.2.3.4 /32', host names",
        "１.2.3.4/32, host names"
    })
    void anything_else_is_refused_with_a_remedy(String text, String message) {
        assertThat(Cidr.parse(text))
                .isInstanceOfSatisfying(
                        Parsing.Malformed.class,
                        malformed -> assertThat(malformed.message()).contains(message));
    }

    @Test
    void ranges_are_joined_when_together_they_are_one() {
        assertThat(aggregate("10.128.0.0/9", "10.0.0.0/10", "10.64.0.0/10", "10.1.2.0/24", "10.0.0.0/10"))
                .containsExactly("10.0.0.0/8");
    }

    @Test
    void neighbours_that_are_not_two_halves_of_one_stay_apart() {
        assertThat(aggregate("10.64.0.0/10", "10.128.0.0/10", "10.192.0.0/11"))
                .containsExactly("10.64.0.0/10", "10.128.0.0/10", "10.192.0.0/11");
    }

    @Test
    void families_are_never_joined() {
        assertThat(aggregate("::/1", "8000::/1", "0.0.0.0/1", "128.0.0.0/1")).containsExactly("0.0.0.0/0", "::/0");
    }

    private static List<String> aggregate(String... ranges) {
        return Cidr.aggregate(Stream.of(ranges).map(Cidr::of).toList()).stream()
                .map(Cidr::toString)
                .toList();
    }
}
