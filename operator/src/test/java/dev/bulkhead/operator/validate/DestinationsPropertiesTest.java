package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.validate.Destinations.Checked;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DestinationsPropertiesTest {
    @Property
    void nothing_of_the_platform_is_opened_and_nothing_else_is_lost_in_ipv4(
            @ForAll("ipv4") Cidr range, @ForAll("ipv4s") List<Cidr> pods, @ForAll("ipv4s") List<Cidr> services) {
        checkAddresses(range, pods, services);
    }

    @Property
    void nothing_of_the_platform_is_opened_and_nothing_else_is_lost_in_ipv6(
            @ForAll("ipv6") Cidr range, @ForAll("ipv6s") List<Cidr> pods, @ForAll("ipv6s") List<Cidr> services) {
        checkAddresses(range, pods, services);
    }

    @Property
    void what_is_cut_out_lies_inside_and_is_less_than_all_and_none_of_it_twice(
            @ForAll("ipv4") Cidr range, @ForAll("ipv4s") List<Cidr> pods) {
        if (check(range, pods, List.of()) instanceof Checked.Allowed(ValidTenant.Block block)) {
            List<Cidr> except = block.except().stream().map(Cidr::of).toList();
            assertThat(except).allMatch(cut -> range.contains(cut) && !cut.equals(range));
            assertThat(except).isSorted();
            assertThat(except)
                    .allMatch(cut ->
                            except.stream().filter(other -> other.contains(cut)).count() == 1);
        }
    }

    @Provide
    Arbitrary<Cidr> ipv4() {
        return ranges("10.0.0.0/20");
    }

    @Provide
    Arbitrary<List<Cidr>> ipv4s() {
        return ipv4().list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<Cidr> ipv6() {
        return ranges("2001:db8::/116");
    }

    @Provide
    Arbitrary<List<Cidr>> ipv6s() {
        return ipv6().list().ofMaxSize(6);
    }

    /** Ranges inside one small range, so that they meet, contain and touch each other often. */
    private static Arbitrary<Cidr> ranges(String inside) {
        Cidr whole = Cidr.of(inside);
        return Combinators.combine(
                        Arbitraries.integers().between(0, (1 << (whole.width() - whole.prefix())) - 1),
                        Arbitraries.integers().between(whole.prefix(), whole.width()))
                .as((offset, prefix) ->
                        new Cidr(whole.width(), whole.first().add(BigInteger.valueOf(offset)), prefix).masked());
    }

    private static void checkAddresses(Cidr range, List<Cidr> pods, List<Cidr> services) {
        List<Cidr> own = Stream.concat(pods.stream(), services.stream()).toList();

        Checked checked = check(range, pods, services);

        for (BigInteger address : edges(range, own)) {
            boolean wanted = holds(range, address) && own.stream().noneMatch(other -> holds(other, address));
            assertThat(opened(checked, address))
                    .as("%s in %s without %s", address.toString(16), range, own)
                    .isEqualTo(wanted);
        }
    }

    /** The first and last address of every range, and those beside them: where arithmetic goes wrong. */
    private static List<BigInteger> edges(Cidr range, List<Cidr> others) {
        List<BigInteger> edges = new ArrayList<>();
        for (Cidr each : Stream.concat(Stream.of(range), others.stream()).toList()) {
            for (BigInteger edge : List.of(each.first(), last(each))) {
                edges.addAll(List.of(edge.subtract(BigInteger.ONE), edge, edge.add(BigInteger.ONE)));
            }
        }
        return edges;
    }

    private static boolean opened(Checked checked, BigInteger address) {
        return switch (checked) {
            case Checked.Allowed(ValidTenant.Block block) ->
                holds(Cidr.of(block.cidr()), address)
                        && block.except().stream().noneMatch(except -> holds(Cidr.of(except), address));
            case Checked.Refused _ -> false;
        };
    }

    private static boolean holds(Cidr range, BigInteger address) {
        return address.compareTo(range.first()) >= 0 && address.compareTo(last(range)) <= 0;
    }

    private static BigInteger last(Cidr range) {
        return range.first().add(range.size()).subtract(BigInteger.ONE);
    }

    private static Checked check(Cidr range, List<Cidr> pods, List<Cidr> services) {
        PlatformSettings settings = new PlatformSettings(
                "bulkhead-system", "v1.37", texts(pods), texts(services), List.of(), "kube-system", Map.of());
        return Destinations.of(settings).check(range.toString());
    }

    private static List<String> texts(List<Cidr> ranges) {
        return ranges.stream().map(Objects::toString).toList();
    }
}
