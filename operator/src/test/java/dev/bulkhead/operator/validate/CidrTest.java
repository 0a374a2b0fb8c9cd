package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @Provide
    Arbitrary<Cidr> ranges() {
        return Arbitraries.of(32, 128)
                .flatMap(width -> Combinators.combine(
                                Arbitraries.bigIntegers()
                                        .between(
                                                BigInteger.ZERO,
                                                BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE)),
                                Arbitraries.integers().between(0, width))
                        .as((first, prefix) -> new Cidr(width, first, prefix).masked()));
    }

    @Property
    void what_is_written_reads_back(@ForAll("ranges") Cidr range) {
        assertThat(Cidr.parse(range.toString())).isEqualTo(range);
    }

    @Property
    void the_text_names_the_address_that_the_jdk_reads(@ForAll("ranges") Cidr range) throws UnknownHostException {
        String address = range.toString().substring(0, range.toString().indexOf('/'));
        byte[] bytes = InetAddress.getByName(address).getAddress();
        if (bytes.length * Byte.SIZE == range.width()) { // the JDK turns IPv4-mapped addresses into IPv4
            assertThat(new BigInteger(1, bytes)).isEqualTo(range.first());
        }
    }

    @Property
    void a_range_contains_its_halves_and_they_do_not_contain_it(@ForAll("ranges") Cidr range) {
        if (range.prefix() == range.width()) {
            return;
        }
        Cidr lower = new Cidr(range.width(), range.first(), range.prefix() + 1);
        Cidr upper = new Cidr(range.width(), range.first().add(lower.size()), range.prefix() + 1);
        assertThat(range.contains(lower) && range.contains(upper)).isTrue();
        assertThat(lower.contains(range) || upper.contains(range) || lower.contains(upper))
                .isFalse();
        assertThat(lower.size().add(upper.size())).isEqualTo(range.size());
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0/0, 0.0.0.0/0",
        "255.255.255.255/32, 255.255.255.255/32",
        "2001:DB8:0:0:0:0:0:0/32, 2001:db8::/32",
        "2001:db8:0:1:0:0:0:0/64, 2001:db8:0:1::/64",
        "0:0:0:0:0:0:0:1/128, ::1/128",
        "1:0:0:2:0:0:0:3/128, 1:0:0:2::3/128",
        "1:0:2:3:4:5:6:7/128, 1:0:2:3:4:5:6:7/128"
    })
    void the_canonical_text_is_the_shortest(String text, String canonical) {
        assertThat(Objects.requireNonNull(Cidr.parse(text))).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.0.0.0",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/08",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0/8",
                "10.0.0.0.0/8",
                "010.0.0.0/8",
                "256.0.0.0/8",
                "10.0.0.1/8",
                "0x0a.0.0.0/8",
                " 10.0.0.0/8",
                "10.0.0.0/8 ",
                "10.0.0.0/8/8",
                "１0.0.0.0/8",
                "::/129",
                ":::/16",
                "1::2::3/128",
                "::ffff:1.2.3.4/128",
                "fe80::1%eth0/128",
                "12345::/16",
                "1:2:3:4:5:6:7/128",
                "1:2:3:4:5:6:7:8:9/128",
                "1:2:3:4::5:6:7:8/128",
                "g::/16",
                "2001:db8::1/32",
                "[::1]/128",
                "a.b.c.d/8",
                "localhost/32"
            })
    void what_two_parsers_could_read_differently_is_refused(String text) {
        assertThat(Cidr.parse(text)).isNull();
    }
}
