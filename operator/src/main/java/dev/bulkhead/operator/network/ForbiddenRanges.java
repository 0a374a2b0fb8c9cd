package dev.bulkhead.operator.network;

import dev.bulkhead.operator.validate.PlatformSettings;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Addresses no tenant may name as a destination: the cluster's own, those that mean "this machine" or "this network",
 * those of clouds' metadata services, and the IPv6 forms under which a gateway would translate to any of them.
 */
public final class ForbiddenRanges {
    private record Entry(String what, Cidr range) {}

    private static final List<Entry> EVERYWHERE = List.of(
            entry("this network", "0.0.0.0/8"),
            entry("loopback", "127.0.0.0/8"),
            entry("link-local addresses, where clouds keep their metadata service", "169.254.0.0/16"),
            entry("the metadata service of a cloud", "100.100.100.200/32"),
            entry("the metadata service of a cloud", "168.63.129.16/32"),
            entry("multicast", "224.0.0.0/4"),
            entry("reserved addresses and broadcast", "240.0.0.0/4"),
            // ::, ::1, and IPv4 as mapped (::ffff:0:0/96), compatible (::/96) or translated (::ffff:0:0:0/96). A policy
            // cannot except the mapped range by itself: the API server takes it for IPv4.
            entry("loopback and the IPv6 forms of IPv4 addresses", "::/64"),
            entry("local translation to IPv4", "64:ff9b:1::/48"),
            entry("tunnels to IPv4", "2001::/32"),
            entry("tunnels to IPv4", "2002::/16"),
            entry("the metadata service of a cloud", "fd00:ec2::254/128"),
            entry("the metadata service of a cloud", "fd20:ce::254/128"),
            entry("link-local addresses", "fe80::/10"),
            entry("multicast", "ff00::/8"));

    /** Where a NAT64 gateway puts the whole of IPv4 (RFC 6052). */
    private static final Cidr NAT64 = Cidr.of("64:ff9b::/96");

    private final List<Entry> entries;
    private final List<Cidr> aggregated;

    private ForbiddenRanges(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        this.aggregated = Cidr.aggregate(Stream.concat(
                        entries.stream().map(Entry::range), entries.stream().flatMap(ForbiddenRanges::translated))
                .toList());
    }

    /**
     * What is forbidden everywhere, and the cluster's own ranges.
     *
     * @throws IllegalArgumentException when a setting is not a range: the platform admin has to mend it before the
     *     operator can start
     */
    public static ForbiddenRanges of(PlatformSettings settings) {
        return new ForbiddenRanges(EVERYWHERE)
                .and("the cluster's pods", settings.podCidrs())
                .and("the cluster's services", settings.serviceCidrs())
                .and("the cluster's nodes", settings.nodeCidrs());
    }

    /**
     * These and more, such as the addresses of the platform's database servers, which tenants reach by another rule.
     *
     * @param what they are, as a finding will name them
     * @throws IllegalArgumentException when one is not a range
     */
    public ForbiddenRanges and(String what, List<String> cidrs) {
        List<Entry> more = new ArrayList<>(entries);
        for (String cidr : cidrs) {
            more.add(entry(what, cidr));
        }
        return new ForbiddenRanges(more);
    }

    /** The parts of a range that are forbidden, as few and as large as can be, sorted. */
    List<Cidr> within(Cidr range) {
        return aggregated.stream().filter(range::overlaps).toList();
    }

    /** What the forbidden parts of a range are, for people. */
    List<String> namesWithin(Cidr range) {
        return entries.stream()
                .filter(entry -> entry.range().overlaps(range)
                        || translated(entry).anyMatch(translated -> translated.overlaps(range)))
                .map(Entry::what)
                .distinct()
                .toList();
    }

    private static Stream<Cidr> translated(Entry entry) {
        Cidr range = entry.range();
        if (range.bits() != Cidr.IPV4) {
            return Stream.empty();
        }
        BigInteger first = NAT64.first().or(range.first());
        return Stream.of(new Cidr(Cidr.IPV6, first, NAT64.prefix() + range.prefix()));
    }

    private static Entry entry(String what, String cidr) {
        return new Entry(what, Cidr.of(cidr));
    }
}
