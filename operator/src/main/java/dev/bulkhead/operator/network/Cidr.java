package dev.bulkhead.operator.network;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of addresses whose first address has no bit set behind the prefix.
 *
 * @param bits length of an address of the family: 32 or 128
 * @param first its first address as a number
 * @param prefix bits that all its addresses share
 */
record Cidr(int bits, BigInteger first, int prefix) implements Comparable<Cidr> {
    static final int IPV4 = 32;
    static final int IPV6 = 128;

    private static final Pattern NOTATION = Pattern.compile("([^/]+)/(0|[1-9][0-9]{0,2})");
    private static final Pattern IPV4_ADDRESS = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final Pattern IPV6_ADDRESS = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final int GROUPS = 8;
    private static final Comparator<Cidr> ORDER =
            Comparator.comparingInt(Cidr::bits).thenComparing(Cidr::first).thenComparingInt(Cidr::prefix);

    /** Refuses numbers that are no range; text comes in through {@link #parse}. */
    Cidr {
        if (bits != IPV4 && bits != IPV6) {
            throw new IllegalArgumentException("an address has 32 or 128 bits");
        }
        if (prefix < 0 || prefix > bits || first.signum() < 0 || first.bitLength() > bits) {
            throw new IllegalArgumentException("not a range of addresses");
        }
        if (!mask(first, bits, prefix).equals(first)) {
            throw new IllegalArgumentException("bits are set behind the prefix");
        }
    }

    /** What reading a text led to. */
    sealed interface Parsing {
        /** It is a range. */
        record Parsed(Cidr range) implements Parsing {}

        /** It is none; the message says why, and what to write. */
        record Malformed(String message) implements Parsing {}
    }

    /** Reads CIDR notation, strictly: no host name, no missing prefix, no zone, no bit behind the prefix. */
    static Parsing parse(String text) {
        Matcher notation = NOTATION.matcher(text);
        if (!notation.matches()) {
            return new Parsing.Malformed("is not CIDR notation; write it like 203.0.113.0/24, or /32 for one address");
        }
        String literal = notation.group(1);
        boolean ipv6 = literal.contains(":");
        if (!(ipv6 ? IPV6_ADDRESS : IPV4_ADDRESS).matcher(literal).matches()) {
            return new Parsing.Malformed("is not an address of numbers; host names belong in hosts");
        }
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException _) {
            return new Parsing.Malformed("is not an address; look for a number that is too big or a part too many");
        }
        if (ipv6 && address instanceof Inet4Address) {
            return new Parsing.Malformed("is an IPv4 address in IPv6 clothes; write it as IPv4, "
                    + address.getHostAddress() + " and its prefix");
        }
        int bits = ipv6 ? IPV6 : IPV4;
        int prefix = Integer.parseInt(notation.group(2));
        if (prefix > bits) {
            return new Parsing.Malformed("has a prefix longer than " + bits + " bits");
        }
        BigInteger written = new BigInteger(1, address.getAddress());
        Cidr range = new Cidr(bits, mask(written, bits, prefix), prefix);
        return range.first.equals(written)
                ? new Parsing.Parsed(range)
                : new Parsing.Malformed("has bits behind its prefix; write " + range + " if all of that is meant");
    }

    /** A range that is known to be one. */
    static Cidr of(String text) {
        return switch (parse(text)) {
            case Parsing.Parsed(Cidr range) -> range;
            case Parsing.Malformed(String message) -> throw new IllegalArgumentException(text + " " + message);
        };
    }

    BigInteger last() {
        return first.add(size()).subtract(BigInteger.ONE);
    }

    boolean contains(Cidr other) {
        return bits == other.bits
                && prefix <= other.prefix
                && mask(other.first, bits, prefix).equals(first);
    }

    boolean overlaps(Cidr other) {
        return contains(other) || other.contains(this);
    }

    /** The fewest ranges with the same addresses, sorted. */
    static List<Cidr> aggregate(List<Cidr> ranges) {
        Deque<Cidr> merged = new ArrayDeque<>();
        for (Cidr range : ranges.stream().sorted().toList()) {
            if (!merged.isEmpty() && merged.getLast().contains(range)) {
                continue;
            }
            Cidr next = range;
            while (!merged.isEmpty() && merged.getLast().isLowerHalfBeside(next)) {
                next = merged.removeLast().parent();
            }
            merged.addLast(next);
        }
        return List.copyOf(merged);
    }

    @Override
    public int compareTo(Cidr other) {
        return ORDER.compare(this, other);
    }

    /** Canonical notation; IPv6 by RFC 5952. */
    @Override
    public String toString() {
        return (bits == IPV4 ? ipv4() : ipv6()) + "/" + prefix;
    }

    private BigInteger size() {
        return BigInteger.ONE.shiftLeft(bits - prefix);
    }

    private Cidr parent() {
        return new Cidr(bits, mask(first, bits, prefix - 1), prefix - 1);
    }

    private boolean isLowerHalfBeside(Cidr other) {
        return bits == other.bits
                && prefix == other.prefix
                && prefix > 0
                && parent().first.equals(first)
                && first.add(size()).equals(other.first);
    }

    private String ipv4() {
        List<String> parts = new ArrayList<>();
        for (int shift = bits - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            parts.add(Integer.toString(first.shiftRight(shift).intValue() & 0xff));
        }
        return String.join(".", parts);
    }

    private String ipv6() {
        List<String> groups = new ArrayList<>();
        for (int shift = bits - Short.SIZE; shift >= 0; shift -= Short.SIZE) {
            groups.add(Integer.toHexString(first.shiftRight(shift).intValue() & 0xffff)
                    .toLowerCase(Locale.ROOT));
        }
        int start = 0;
        int length = 0;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && Objects.equals(groups.get(end), "0")) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        return length < 2
                ? String.join(":", groups)
                : String.join(":", groups.subList(0, start)) + "::"
                        + String.join(":", groups.subList(start + length, GROUPS));
    }

    private static BigInteger mask(BigInteger address, int bits, int prefix) {
        return address.shiftRight(bits - prefix).shiftLeft(bits - prefix);
    }
}
