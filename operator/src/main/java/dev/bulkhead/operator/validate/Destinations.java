package dev.bulkhead.operator.validate;

import dev.bulkhead.operator.outcome.Reason;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides which addresses outside the cluster a tenant may be let out to. A network policy opens addresses to pods
 * whatever else runs there, so the cluster's own addresses, link-local ones (cloud metadata!) and the like are cut out
 * of every range, and a range with nothing left is refused.
 */
public final class Destinations {
    /** A wider range is no destination but the internet. Twice this is half of it, so two rules do not add up to it. */
    private static final int WIDEST_V4 = 8;

    private static final int WIDEST_V6 = 16;

    /** Addresses that are never a destination, whatever the platform. */
    private static final List<Forbidden> NEVER = List.of(
            new Forbidden("this host", Cidr.of("0.0.0.0/8")),
            new Forbidden("loopback", Cidr.of("127.0.0.0/8")),
            new Forbidden("link-local, with the cloud's metadata service", Cidr.of("169.254.0.0/16")),
            new Forbidden("multicast", Cidr.of("224.0.0.0/4")),
            new Forbidden("reserved and broadcast", Cidr.of("240.0.0.0/4")),
            new Forbidden("a cloud's metadata service", Cidr.of("100.100.100.200/32")),
            new Forbidden("a cloud's metadata service", Cidr.of("168.63.129.16/32")),
            new Forbidden("a cloud's metadata service", Cidr.of("192.0.0.192/32")),
            // With IPv4 as compatible (::/96) and mapped (::ffff:0:0/96). Wider than both: the API server takes the
            // mapped range by itself for IPv4 and refuses a policy that excepts it.
            new Forbidden("loopback and other forms of IPv4", Cidr.of("::/64")),
            new Forbidden("a way to IPv4", Cidr.of("64:ff9b:1::/48")),
            new Forbidden("a tunnel to IPv4", Cidr.of("2001::/32")),
            new Forbidden("a tunnel to IPv4", Cidr.of("2002::/16")),
            new Forbidden("link-local", Cidr.of("fe80::/10")),
            new Forbidden("site-local", Cidr.of("fec0::/10")),
            new Forbidden("multicast", Cidr.of("ff00::/8")),
            new Forbidden("a cloud's metadata service", Cidr.of("fd00:ec2::254/128")),
            new Forbidden("a cloud's metadata service", Cidr.of("fd20:ce::254/128")));

    /** Through this prefix a NAT64 gateway reaches every IPv4 address (RFC 6052). */
    private static final Cidr NAT64 = Cidr.of("64:ff9b::/96");

    private final List<Forbidden> forbidden;

    private Destinations(List<Forbidden> forbidden) {
        this.forbidden = List.copyOf(forbidden);
    }

    private record Forbidden(String what, Cidr range) {
        Forbidden behindNat64() {
            BigInteger first = NAT64.first().or(range.first());
            return new Forbidden(
                    what + ", behind NAT64", new Cidr(NAT64.width(), first, NAT64.prefix() + range.prefix()));
        }
    }

    /** What became of a range. */
    public sealed interface Checked {
        /** It may be opened, without the ranges cut out of it. */
        record Allowed(ValidTenant.Block block) implements Checked {}

        /** It may not. */
        record Refused(Reason reason, String message) implements Checked {}
    }

    /**
     * The destinations of a platform.
     *
     * @throws IllegalArgumentException when a setting is no address range
     */
    public static Destinations of(PlatformSettings settings) {
        List<Forbidden> forbidden = new ArrayList<>(NEVER);
        settings.podCidrs().forEach(c -> forbidden.add(setting("the cluster's pods", c)));
        settings.serviceCidrs().forEach(c -> forbidden.add(setting("the cluster's services", c)));
        settings.nodeCidrs().forEach(c -> forbidden.add(setting("the cluster's nodes", c)));
        List<Forbidden> all = new ArrayList<>(forbidden);
        forbidden.stream()
                .filter(f -> f.range().isV4())
                .map(Forbidden::behindNat64)
                .forEach(all::add);
        return new Destinations(all);
    }

    private static Forbidden setting(String what, String text) {
        Cidr range = Cidr.parseMasked(text);
        if (range == null) {
            throw new IllegalArgumentException("the setting for " + what + " is no address range: " + text);
        }
        return new Forbidden(what, range);
    }

    /** Decides on one range, as somebody wrote it. */
    public Checked check(String text) {
        Cidr range = Cidr.parse(text);
        if (range == null) {
            return new Checked.Refused(Reason.InvalidSpec, notARange(text));
        }
        if (range.prefix() < (range.isV4() ? WIDEST_V4 : WIDEST_V6)) {
            return new Checked.Refused(
                    Reason.DestinationRefused,
                    range + " is wider than /" + (range.isV4() ? WIDEST_V4 : WIDEST_V6)
                            + ": that is no destination but the internet; name the addresses that are needed");
        }
        for (Forbidden f : forbidden) {
            if (f.range().contains(range)) {
                return refused(range, f.what() + " (" + f.range() + ")");
            }
        }
        List<Cidr> inside = forbidden.stream()
                .map(Forbidden::range)
                .filter(range::contains)
                .distinct()
                .sorted()
                .toList();
        List<Cidr> except = new ArrayList<>();
        for (Cidr cut : inside) { // sorted, so a range comes before the ranges it contains
            if (except.isEmpty() || !except.getLast().contains(cut)) {
                except.add(cut);
            }
        }
        BigInteger gone = except.stream().map(Cidr::size).reduce(BigInteger.ZERO, BigInteger::add);
        if (gone.equals(range.size())) {
            return refused(range, "addresses of the platform, every one of them");
        }
        return new Checked.Allowed(new ValidTenant.Block(
                range.toString(), except.stream().map(Cidr::toString).toList()));
    }

    private static Checked refused(Cidr range, String what) {
        return new Checked.Refused(
                Reason.DestinationRefused,
                range + " is " + what
                        + "; such addresses are never a destination. A tenant's own pods, its database and"
                        + " its bucket are reachable without a rule");
    }

    private static String notARange(String text) {
        Cidr masked = Cidr.parseMasked(text);
        if (masked == null) {
            return Quoted.of(text) + " is no address range; write it like 203.0.113.0/24 or 2001:db8::/32";
        }
        String one = text.substring(0, text.indexOf('/')) + "/" + masked.width();
        return Quoted.of(text) + " begins in the middle of a range; write " + masked + " for the range or " + one
                + " for the one address";
    }
}
