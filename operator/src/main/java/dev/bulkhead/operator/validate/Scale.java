package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.TenantSpec;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the values of a bound field compare. */
enum Scale {
    /** A whole number. */
    COUNT("a whole number"),
    /** A Kubernetes quantity. */
    QUANTITY("a quantity such as 500m or 16Gi"),
    /** An ISO 8601 duration; {@code oneOf: [unlimited]} says that the field must not be set at all. */
    DURATION("a duration such as P90D or P24M"),
    /** Protection need: normal is less than high. */
    LEVEL("normal or high"),
    /** A word of a list; no word is less than another. */
    WORD("a word"),
    /** A word that must not be in the list. */
    EXCLUDED("a word"),
    /** A port or a range of ports, {@code 443}, {@code 16384-32768/UDP}; TCP unless said. */
    PORTS("a port or range of ports such as 443 or 16384-32768/UDP"),
    /** Something that must be there: {@code oneOf: [required]}. */
    PRESENCE("required");

    /** The one value of {@code oneOf} for a field that must be there. */
    static final String REQUIRED = "required";

    /** The one value of {@code oneOf} for a field that must not be there. */
    static final String UNLIMITED = "unlimited";

    /** In rising order. */
    private static final List<String> LEVELS =
            List.of(TenantSpec.ProtectionNeed.normal.name(), TenantSpec.ProtectionNeed.high.name());

    private static final Pattern PORT = Pattern.compile("([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?(?:/(TCP|UDP))?");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    private final String form;

    Scale(String form) {
        this.form = form;
    }

    /** What a value looks like. */
    String form() {
        return form;
    }

    /** Whether min and max mean something. */
    boolean ordered() {
        return switch (this) {
            case COUNT, QUANTITY, DURATION, LEVEL -> true;
            case WORD, EXCLUDED, PORTS, PRESENCE -> false;
        };
    }

    /** Whether a profile may write that as min or max. */
    boolean readable(String value) {
        return switch (this) {
            case COUNT -> NUMBER.matcher(value).matches();
            case QUANTITY -> Quantities.parse(value) != null;
            case DURATION -> Periods.parse(value) != null;
            case LEVEL -> level(value) >= 0;
            case WORD, EXCLUDED -> !value.isEmpty();
            case PORTS -> ports(value) != null;
            case PRESENCE -> value.equals(REQUIRED);
        };
    }

    /** Whether a profile may write that in oneOf. */
    boolean readableChoice(String value) {
        return readable(value) || (this == DURATION && value.equals(UNLIMITED));
    }

    /** Whether the value is surely not below the bound. Both are readable. */
    boolean atLeast(String value, String bound) {
        return switch (this) {
            case COUNT, QUANTITY -> number(value).compareTo(number(bound)) >= 0;
            case DURATION -> length(value).atLeast(length(bound));
            case LEVEL -> level(value) >= level(bound);
            case WORD, EXCLUDED, PORTS, PRESENCE -> true;
        };
    }

    /** Whether the value is surely not above the bound. Both are readable. */
    boolean atMost(String value, String bound) {
        return switch (this) {
            case COUNT, QUANTITY -> number(value).compareTo(number(bound)) <= 0;
            case DURATION -> length(value).atMost(length(bound));
            case LEVEL -> level(value) <= level(bound);
            case WORD, EXCLUDED, PORTS, PRESENCE -> true;
        };
    }

    /** Whether the list allows the value. */
    boolean allows(String value, List<String> oneOf) {
        return switch (this) {
            case COUNT, QUANTITY -> oneOf.stream().anyMatch(b -> number(value).compareTo(number(b)) == 0);
            case DURATION ->
                oneOf.stream()
                        .map(Periods::parse)
                        .anyMatch(b -> b != null && length(value).compare(b) == Periods.Order.EQUAL);
            case LEVEL, WORD -> oneOf.contains(value);
            case EXCLUDED -> !oneOf.contains(value);
            case PORTS -> oneOf.stream().anyMatch(b -> within(value, b));
            case PRESENCE -> true; // it is there: a value was read
        };
    }

    private static BigDecimal number(String value) {
        BigDecimal number = Quantities.parse(value);
        return number == null ? new BigDecimal(value) : number;
    }

    private static Periods.Length length(String value) {
        Periods.Length length = Periods.parse(value);
        if (length == null) {
            throw new IllegalArgumentException("not a duration, although it was checked: " + value);
        }
        return length;
    }

    private static int level(String value) {
        return LEVELS.indexOf(value);
    }

    private record PortScale(int first, int last, String protocol) {}

    private static @Nullable PortScale ports(String text) {
        Matcher parts = PORT.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        int first = Integer.parseInt(parts.group(1));
        int last = parts.group(2) == null ? first : Integer.parseInt(parts.group(2));
        String protocol = parts.group(3) == null ? "TCP" : parts.group(3);
        return last < first || last > 65535 ? null : new PortScale(first, last, protocol);
    }

    private static boolean within(String value, String bound) {
        PortScale asked = ports(value);
        PortScale allowed = ports(bound);
        return asked != null
                && allowed != null
                && asked.protocol().equals(allowed.protocol())
                && asked.first() >= allowed.first()
                && asked.last() <= allowed.last();
    }
}
