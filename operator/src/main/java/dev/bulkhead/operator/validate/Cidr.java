package dev.bulkhead.operator.validate;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses. Read strictly: no leading zeros, no zone, no dotted quad inside IPv6, nothing left out, because
 * what two parsers read differently is a hole in a policy.
 *
 * @param width bits of an address: 32 or 128
 * @param first first address of the range, as an unsigned number
 * @param prefix bits that all addresses of the range share
 */
public record Cidr(int width, BigInteger first, int prefix) implements Comparable<Cidr> {
    private static final int V4 = 32;
    private static final int V6 = 128;
    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final Pattern HEXTET = Pattern.compile("[0-9a-fA-F]{1,4}");
    private static final int HEXTETS = 8;

    /** The range, or null when the text is none, or has bits set behind its prefix. */
    public static @Nullable Cidr parse(@Nullable String text) {
        Cidr range = parseAny(text);
        return range == null || !range.masked().equals(range) ? null : range;
    }

    /** Like {@link #parse}, with bits behind the prefix cleared. */
    public static @Nullable Cidr parseMasked(@Nullable String text) {
        Cidr range = parseAny(text);
        return range == null ? null : range.masked();
    }

    /** A range that is known to be well-formed. */
    public static Cidr of(String text) {
        Cidr range = parse(text);
        if (range == null) {
            throw new IllegalArgumentException("not an address range: " + text);
        }
        return range;
    }

    private static @Nullable Cidr parseAny(@Nullable String text) {
        int slash = text == null ? -1 : text.indexOf('/');
        if (text == null || slash < 0) {
            return null;
        }
        String address = text.substring(0, slash);
        String bits = text.substring(slash + 1);
        int width = address.indexOf(':') < 0 ? V4 : V6;
        BigInteger first = width == V4 ? v4(address) : v6(address);
        if (first == null || !OCTET.matcher(bits).matches() || Integer.parseInt(bits) > width) {
            return null;
        }
        return new Cidr(width, first, Integer.parseInt(bits));
    }

    private static @Nullable BigInteger v4(String address) {
        String[] octets = address.split("\\.", -1);
        if (octets.length != 4) {
            return null;
        }
        long value = 0;
        for (String octet : octets) {
            if (!OCTET.matcher(octet).matches() || Integer.parseInt(octet) > 255) {
                return null;
            }
            value = value << 8 | Integer.parseInt(octet);
        }
        return BigInteger.valueOf(value);
    }

    private static @Nullable BigInteger v6(String address) {
        int gap = address.indexOf("::");
        if (gap >= 0 && address.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        List<String> head = hextets(gap < 0 ? address : address.substring(0, gap));
        List<String> tail = hextets(gap < 0 ? "" : address.substring(gap + 2));
        int written = head.size() + tail.size();
        if (gap < 0 ? written != HEXTETS : written >= HEXTETS) {
            return null;
        }
        List<String> all = new ArrayList<>(head);
        for (int i = written; i < HEXTETS; i++) {
            all.add("0");
        }
        all.addAll(tail);
        BigInteger value = BigInteger.ZERO;
        for (String hextet : all) {
            if (!HEXTET.matcher(hextet).matches()) {
                return null;
            }
            value = value.shiftLeft(16).or(BigInteger.valueOf(Integer.parseInt(hextet, 16)));
        }
        return value;
    }

    private static List<String> hextets(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(":", -1));
    }

    /** Whether it is of the older family. */
    public boolean isV4() {
        return width == V4;
    }

    /** How many addresses it has. */
    public BigInteger size() {
        return BigInteger.ONE.shiftLeft(width - prefix);
    }

    /** Whether every address of the other is in this one. */
    public boolean contains(Cidr other) {
        return width == other.width
                && prefix <= other.prefix
                && other.first.shiftRight(width - prefix).equals(first.shiftRight(width - prefix));
    }

    /** The same range with the bits behind the prefix cleared. */
    public Cidr masked() {
        BigInteger cleared = first.shiftRight(width - prefix).shiftLeft(width - prefix);
        return new Cidr(width, cleared, prefix);
    }

    @Override
    public int compareTo(Cidr other) {
        int byWidth = Integer.compare(width, other.width);
        int byFirst = byWidth != 0 ? byWidth : first.compareTo(other.first);
        return byFirst != 0 ? byFirst : Integer.compare(prefix, other.prefix);
    }

    /** The canonical text: dotted quad, or RFC 5952. */
    @Override
    public String toString() {
        return (isV4() ? dotted() : rfc5952()) + "/" + prefix;
    }

    private String dotted() {
        int value = first.intValue();
        return (value >>> 24) + "." + (value >>> 16 & 255) + "." + (value >>> 8 & 255) + "." + (value & 255);
    }

    private String rfc5952() {
        int[] hextets = new int[HEXTETS];
        for (int i = 0; i < HEXTETS; i++) {
            hextets[i] = first.shiftRight(16 * (HEXTETS - 1 - i)).intValue() & 0xffff;
        }
        int start = -1;
        int length = 1; // a single zero is written out
        for (int i = 0; i < HEXTETS; i++) {
            int run = 0;
            while (i + run < HEXTETS && hextets[i + run] == 0) {
                run++;
            }
            if (run > length) {
                start = i;
                length = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < HEXTETS; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(hextets[i]));
            }
        }
        return text.toString();
    }
}
