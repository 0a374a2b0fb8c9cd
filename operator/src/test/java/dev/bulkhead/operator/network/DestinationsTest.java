package dev.bulkhead.operator.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.network.Destinations.Result;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.ValidTenant.Block;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {
    private static final String SUBJECT = "spec.network.egress[llm].cidrs";
    private static final ForbiddenRanges FORBIDDEN = ForbiddenRanges.of(Tenants.PLATFORM);

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.0/24", "10.0.0.5/32", "192.168.179.0/24", "2a00:1450::/32", "fd10:245::/32"})
    void a_range_that_touches_nothing_of_the_platform_stays_whole(String cidr) {
        assertThat(cut(cidr)).containsExactly(new Block(cidr, List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "10.244.0.0/16, the cluster's pods",
        "10.244.7.9/32, the cluster's pods",
        "10.96.0.1/32, the cluster's services",
        "10.100.0.0/16, the cluster's services",
        "192.168.178.20/32, the cluster's nodes",
        "fd10:244:0:7::/64, the cluster's pods",
        "fd10:96::a/128, the cluster's services",
        "169.254.169.254/32, link-local",
        "169.254.20.10/32, link-local",
        "127.0.0.1/32, loopback",
        "0.0.0.0/32, this network",
        "224.0.0.251/32, multicast",
        "255.255.255.255/32, broadcast",
        "224.0.0.0/3, multicast; reserved",
        "100.100.100.200/32, metadata",
        "::1/128, loopback",
        "::/128, loopback",
        "::a9fe:a9fe/128, IPv6 forms",
        "::ffff:0:a9fe:a9fe/128, IPv6 forms",
        "fe80::1/128, link-local",
        "ff02::1/128, multicast",
        "fd00:ec2::254/128, metadata",
        "64:ff9b::a9fe:a9fe/128, link-local",
        "64:ff9b::af4:0/112, the cluster's pods",
        "64:ff9b:1::/64, translation",
        "2002:a9fe:a9fe::/48, tunnels"
    })
    void a_range_inside_what_is_the_platforms_is_refused_and_told_whose_it_is(String cidr, String whose) {
        assertThat(refused(cidr)).singleElement().satisfies(finding -> {
            assertThat(finding.reason()).isEqualTo(Reason.DestinationRefused);
            assertThat(finding.subject()).isEqualTo(SUBJECT);
            assertThat(finding.message()).contains(cidr, whose);
        });
    }

    @Test
    void the_whole_internet_is_cut_down_to_what_is_not_the_platforms() {
        assertThat(cut("0.0.0.0/0"))
                .containsExactly(new Block(
                        "0.0.0.0/0",
                        List.of(
                                "0.0.0.0/8",
                                "10.96.0.0/12",
                                "10.244.0.0/16",
                                "100.100.100.200/32",
                                "127.0.0.0/8",
                                "168.63.129.16/32",
                                "169.254.0.0/16",
                                "192.168.178.0/24",
                                "224.0.0.0/3")));
        assertThat(cut("::/0"))
                .singleElement()
                .satisfies(block -> assertThat(block.except())
                        .contains("::/64", "64:ff9b::a9fe:0/112", "fd10:244::/56", "fe80::/10", "ff00::/8"));
    }

    @Test
    void only_what_lies_inside_is_cut_out() {
        assertThat(cut("10.240.0.0/12")).containsExactly(new Block("10.240.0.0/12", List.of("10.244.0.0/16")));
    }

    @Test
    void a_range_that_is_forbidden_in_parts_that_leave_nothing_is_refused() {
        ForbiddenRanges halves = ForbiddenRanges.of(platform(List.of("203.0.113.0/25"), List.of("203.0.113.128/25")));

        assertThat(Destinations.check(SUBJECT, List.of("203.0.113.0/24"), halves))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.findings().getFirst().message())
                                .contains("the cluster's pods; the cluster's services"));
    }

    @Test
    void ranges_are_joined_and_sorted_and_repetitions_dropped() {
        assertThat(cut("203.0.113.128/25", "198.51.100.0/24", "203.0.113.0/25", "203.0.113.7/32"))
                .extracting(Block::cidr)
                .containsExactly("198.51.100.0/24", "203.0.113.0/24");
    }

    @Test
    void one_bad_range_refuses_the_destination_and_every_bad_range_is_named() {
        assertThat(refused("203.0.113.0/24", "10.96.0.1/32", "api.llm.example/32"))
                .extracting(Finding::reason)
                .containsExactly(Reason.DestinationRefused, Reason.InvalidSpec);
    }

    @Test
    void what_somebody_wrote_is_shown_short_and_on_one_line() {
        String message =
                refused("x\nINFO forged " + "y".repeat(10_000)).getFirst().message();

        assertThat(message).hasSizeLessThan(200).doesNotContain("\n");
    }

    @Test
    void more_can_be_forbidden_by_name() {
        ForbiddenRanges more = FORBIDDEN.and("the platform's databases", List.of("198.51.100.8/32"));

        assertThat(Destinations.check(SUBJECT, List.of("198.51.100.8/32"), more))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.findings().getFirst().message())
                                .contains("the platform's databases"));
    }

    @Property
    void nothing_forbidden_is_allowed_and_nothing_else_is_lost_in_ipv4(
            @ForAll("ipv4") Cidr range, @ForAll("ipv4s") List<Cidr> pods, @ForAll("ipv4s") List<Cidr> services) {
        checkAddresses(range, pods, services);
    }

    @Property
    void nothing_forbidden_is_allowed_and_nothing_else_is_lost_in_ipv6(
            @ForAll("ipv6") Cidr range, @ForAll("ipv6s") List<Cidr> pods, @ForAll("ipv6s") List<Cidr> services) {
        checkAddresses(range, pods, services);
    }

    @Property
    void exceptions_are_real_parts_of_the_range_and_as_few_as_can_be(
            @ForAll("ipv4") Cidr range, @ForAll("ipv4s") List<Cidr> pods) {
        ForbiddenRanges forbidden = ForbiddenRanges.of(platform(texts(pods), List.of()));
        if (Destinations.check(SUBJECT, List.of(range.toString()), forbidden)
                instanceof Result.Cut(List<Block> blocks)) {
            List<Cidr> excepts =
                    blocks.getFirst().except().stream().map(Cidr::of).toList();
            assertThat(excepts).allMatch(except -> range.contains(except) && !except.equals(range));
            assertThat(Cidr.aggregate(excepts)).isEqualTo(excepts);
        }
    }

    @Provide
    Arbitrary<Cidr> ipv4() {
        return ranges(Cidr.IPV4, BigInteger.valueOf(0x0A00_0000L), 20);
    }

    @Provide
    Arbitrary<List<Cidr>> ipv4s() {
        return ipv4().list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<Cidr> ipv6() {
        return ranges(Cidr.IPV6, new BigInteger("20010db8000000000000000000000000", 16), 116);
    }

    @Provide
    Arbitrary<List<Cidr>> ipv6s() {
        return ipv6().list().ofMaxSize(6);
    }

    /** Ranges close together, so that they meet, contain and touch each other often. */
    private static Arbitrary<Cidr> ranges(int bits, BigInteger base, int shortest) {
        return Combinators.combine(
                        Arbitraries.integers().between(0, (1 << (bits - shortest)) - 1),
                        Arbitraries.integers().between(shortest, bits))
                .as((offset, prefix) -> new Cidr(
                        bits,
                        base.add(BigInteger.valueOf(offset))
                                .shiftRight(bits - prefix)
                                .shiftLeft(bits - prefix),
                        prefix));
    }

    private static void checkAddresses(Cidr range, List<Cidr> pods, List<Cidr> services) {
        List<Cidr> own = Stream.concat(pods.stream(), services.stream()).toList();
        ForbiddenRanges forbidden = ForbiddenRanges.of(platform(texts(pods), texts(services)));

        Result result = Destinations.check(SUBJECT, List.of(range.toString()), forbidden);

        List<Block> blocks = switch (result) {
            case Result.Cut cut -> cut.blocks();
            case Result.Refused _ -> List.of();
        };
        for (BigInteger address : edges(range, own)) {
            boolean wanted = holds(range, address) && own.stream().noneMatch(other -> holds(other, address));
            assertThat(allowed(blocks, address))
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

    private static boolean allowed(List<Block> blocks, BigInteger address) {
        return blocks.stream()
                .anyMatch(block -> holds(Cidr.of(block.cidr()), address)
                        && block.except().stream().noneMatch(except -> holds(Cidr.of(except), address)));
    }

    private static boolean holds(Cidr range, BigInteger address) {
        return address.compareTo(range.first()) >= 0 && address.compareTo(last(range)) <= 0;
    }

    private static BigInteger last(Cidr range) {
        return range.first()
                .add(BigInteger.ONE.shiftLeft(range.bits() - range.prefix()))
                .subtract(BigInteger.ONE);
    }

    private static List<String> texts(List<Cidr> ranges) {
        return ranges.stream().map(Cidr::toString).toList();
    }

    private static PlatformSettings platform(List<String> pods, List<String> services) {
        return new PlatformSettings("bulkhead-system", "v1.37", pods, services, List.of(), "kube-system", Map.of());
    }

    private static List<Block> cut(String... cidrs) {
        return switch (Destinations.check(SUBJECT, List.of(cidrs), FORBIDDEN)) {
            case Result.Cut(List<Block> blocks) -> blocks;
            case Result.Refused(List<Finding> findings) -> throw new AssertionError(findings);
        };
    }

    private static List<Finding> refused(String... cidrs) {
        return switch (Destinations.check(SUBJECT, List.of(cidrs), FORBIDDEN)) {
            case Result.Cut(List<Block> blocks) -> throw new AssertionError(blocks);
            case Result.Refused(List<Finding> findings) -> findings;
        };
    }
}
