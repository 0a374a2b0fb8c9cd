package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulkhead.operator.validate.Destinations.Checked;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {
    private final Destinations destinations = Destinations.of(Examples.settings());

    /** The platform's own ranges, said once more and independently of the code. */
    private static final List<Cidr> CLOSED = List.of(
            Cidr.of("10.244.0.0/16"),
            Cidr.of("fd10:244::/56"),
            Cidr.of("10.96.0.0/16"),
            Cidr.of("192.168.7.0/24"),
            Cidr.of("0.0.0.0/8"),
            Cidr.of("127.0.0.0/8"),
            Cidr.of("169.254.0.0/16"),
            Cidr.of("224.0.0.0/3"),
            Cidr.of("::/96"),
            Cidr.of("::ffff:0:0/96"),
            Cidr.of("fe80::/10"),
            Cidr.of("ff00::/8"),
            Cidr.of("64:ff9b::a9fe:0/112"),
            Cidr.of("64:ff9b::af4:0/112"));

    @Provide
    Arbitrary<Cidr> ranges() {
        Arbitrary<Cidr> anywhere = Arbitraries.of(32, 128)
                .flatMap(width -> Combinators.combine(
                                Arbitraries.bigIntegers()
                                        .between(
                                                BigInteger.ZERO,
                                                BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE)),
                                Arbitraries.integers().between(width == 32 ? 8 : 16, width))
                        .as((first, prefix) -> new Cidr(width, first, prefix).masked()));
        // Near what is closed: the same range, wider and narrower.
        Arbitrary<Cidr> near = Combinators.combine(
                        Arbitraries.of(CLOSED), Arbitraries.integers().between(-8, 8))
                .as((closed, by) -> new Cidr(
                                closed.width(),
                                closed.first(),
                                Math.clamp(closed.prefix() + by, closed.width() == 32 ? 8 : 16, closed.width()))
                        .masked());
        return Arbitraries.oneOf(anywhere, near);
    }

    @Property(tries = 2000)
    void no_address_of_the_platform_is_ever_open(@ForAll("ranges") Cidr range, @ForAll Random random) {
        if (!(destinations.check(range.toString()) instanceof Checked.Allowed allowed)) {
            return;
        }
        List<Cidr> except = allowed.block().except().stream().map(Cidr::of).toList();
        for (Cidr closed : CLOSED) {
            Cidr inner = range.contains(closed) ? closed : closed.contains(range) ? range : null;
            if (inner != null) {
                for (Cidr address : List.of(first(inner), last(inner), any(inner, random))) {
                    assertThat(except).as("%s is cut out of %s", address, range).anyMatch(e -> e.contains(address));
                }
            }
        }
    }

    @Property
    void what_is_cut_out_lies_inside_apart_and_leaves_something(@ForAll("ranges") Cidr range) {
        if (!(destinations.check(range.toString()) instanceof Checked.Allowed allowed)) {
            return;
        }
        List<Cidr> except = allowed.block().except().stream().map(Cidr::of).toList();
        assertThat(allowed.block().cidr()).isEqualTo(range.toString());
        assertThat(except).isSorted().allMatch(e -> range.contains(e) && !e.equals(range));
        for (int i = 1; i < except.size(); i++) {
            assertThat(except.get(i - 1).contains(except.get(i))).isFalse();
        }
        assertThat(except.stream().map(Cidr::size).reduce(BigInteger.ZERO, BigInteger::add))
                .isLessThan(range.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"203.0.113.0/24", "2001:db8::/32", "192.0.2.7/32", "2a01:4f8::/29", "64:ff9b::cb00:7100/120"})
    void a_destination_outside_the_cluster_is_open_as_it_is(String range) {
        assertThat(destinations.check(range)).isEqualTo(new Checked.Allowed(new ValidTenant.Block(range, List.of())));
    }

    @Test
    void the_platforms_ranges_are_cut_out_of_a_wide_destination() {
        assertThat(destinations.check("10.0.0.0/8"))
                .isEqualTo(new Checked.Allowed(
                        new ValidTenant.Block("10.0.0.0/8", List.of("10.96.0.0/16", "10.244.0.0/16"))));
    }

    @Test
    void a_range_of_which_everything_would_be_cut_out_is_refused() {
        Destinations halves = Destinations.of(new PlatformSettings(
                "x", "v1.37", List.of("10.0.0.0/9"), List.of("10.128.0.0/9"), List.of(), "kube-system", Map.of()));
        assertThat(halves.check("10.0.0.0/8")).isInstanceOf(Checked.Refused.class);
    }

    @Test
    void a_setting_that_is_no_range_stops_the_operator() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Destinations.of(new PlatformSettings(
                        "x", "v1.37", List.of("pods"), List.of(), List.of(), "kube-system", Map.of())))
                .withMessage("the setting for the cluster's pods is no address range: pods");
    }

    private static Cidr first(Cidr range) {
        return new Cidr(range.width(), range.first(), range.width());
    }

    private static Cidr last(Cidr range) {
        return new Cidr(range.width(), range.first().add(range.size()).subtract(BigInteger.ONE), range.width());
    }

    private static Cidr any(Cidr range, Random random) {
        BigInteger offset = new BigInteger(range.width(), random).mod(range.size());
        return new Cidr(range.width(), range.first().add(offset), range.width());
    }
}
