package dev.bulkhead.operator.network;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.validate.Cidr;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A set of IPv4 and IPv6 addresses. Immutable. */
@Pure
public final class AddressSet {
    private static final Comparator<Span> IN_ORDER =
            Comparator.comparingInt(Span::width).thenComparing(Span::first);

    /** No address. */
    public static final AddressSet NONE = new AddressSet(List.of());

    /** Every address there is. */
    public static final AddressSet EVERYTHING = ofRanges(List.of("0.0.0.0/0", "::/0"));

    /** Disjoint, in order. */
    private final List<Span> spans;

    private AddressSet(List<Span> spans) {
        this.spans = List.copyOf(spans);
    }

    /** Consecutive addresses of one family, both ends included. */
    private record Span(int width, BigInteger first, BigInteger last) {
        static Span of(Cidr range) {
            return new Span(
                    range.width(),
                    range.first(),
                    range.first().add(range.size()).subtract(BigInteger.ONE));
        }

        boolean meets(Span other) {
            return width == other.width && first.compareTo(other.last) <= 0 && other.first.compareTo(last) <= 0;
        }

        Stream<Span> without(Span other) {
            if (!meets(other)) {
                return Stream.of(this);
            }
            return Stream.of(
                            new Span(width, first, other.first.subtract(BigInteger.ONE)),
                            new Span(width, other.last.add(BigInteger.ONE), last))
                    .filter(s -> s.first.compareTo(s.last) <= 0);
        }
    }

    /**
     * The addresses of these ranges.
     *
     * @throws IllegalArgumentException when one of them is no address range
     */
    public static AddressSet ofRanges(Collection<String> cidrs) {
        AddressSet all = NONE;
        for (String text : cidrs) {
            Cidr range = Cidr.parseMasked(text);
            if (range == null) {
                throw new IllegalArgumentException("not an address range: " + text);
            }
            all = all.and(new AddressSet(List.of(Span.of(range))));
        }
        return all;
    }

    /**
     * What a policy's {@code ipBlock} may open, in the worst case: a range that cannot be read is taken for everything,
     * an exception that cannot be read excepts nothing.
     */
    public static AddressSet ofBlock(@Nullable String cidr, @Nullable List<String> except) {
        Cidr range = Cidr.parseMasked(cidr);
        AddressSet block = range == null ? EVERYTHING : new AddressSet(List.of(Span.of(range)));
        for (String text : except == null ? List.<String>of() : except) {
            Cidr cut = Cidr.parseMasked(text);
            if (cut != null) {
                block = block.without(new AddressSet(List.of(Span.of(cut))));
            }
        }
        return block;
    }

    /** Addresses of either. */
    public AddressSet and(AddressSet other) {
        List<Span> all = new ArrayList<>(spans);
        other.without(this).spans.forEach(all::add);
        all.sort(IN_ORDER);
        return new AddressSet(all);
    }

    /** Addresses of this set that are not in the other. */
    public AddressSet without(AddressSet other) {
        List<Span> left = spans;
        for (Span cut : other.spans) {
            left = left.stream().flatMap(s -> s.without(cut)).toList();
        }
        return new AddressSet(left);
    }

    /** Addresses of both. */
    public AddressSet within(AddressSet other) {
        return without(without(other));
    }

    /** Whether it has none. */
    public boolean isEmpty() {
        return spans.isEmpty();
    }

    /** Whether the two have an address in common. */
    public boolean meets(AddressSet other) {
        return spans.stream().anyMatch(s -> other.spans.stream().anyMatch(s::meets));
    }

    /** Its first addresses, as the widest range that begins there. */
    @Override
    public String toString() {
        if (spans.isEmpty()) {
            return "no address";
        }
        Span span = spans.getFirst();
        int bits = Math.min(
                span.first.signum() == 0 ? span.width : span.first.getLowestSetBit(),
                span.last.subtract(span.first).add(BigInteger.ONE).bitLength() - 1);
        String first = new Cidr(span.width, span.first, span.width - bits).toString();
        boolean more = spans.size() > 1
                || !span.last.equals(
                        span.first.add(BigInteger.ONE.shiftLeft(bits)).subtract(BigInteger.ONE));
        return more ? first + " and more" : first;
    }
}
