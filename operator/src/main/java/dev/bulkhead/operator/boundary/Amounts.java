package dev.bulkhead.operator.boundary;

import dev.bulkhead.api.v1beta1.ApiGroup;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Amounts as numbers, and as the quantities the API server would write them: it stores {@code 1000m} as {@code 1} and
 * {@code 1024Mi} as {@code 1Gi}, and a plan that says it otherwise would differ from what it reads back for ever.
 */
public final class Amounts {
    /** Bytes of one mebibyte. */
    public static final long MEBIBYTE = 1 << 20;

    private static final Pattern QUANTITY = Pattern.compile(ApiGroup.QUANTITY);
    private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
    private static final Map<String, BigDecimal> FACTORS = Map.ofEntries(
            Map.entry("m", new BigDecimal("0.001")),
            Map.entry("", BigDecimal.ONE),
            Map.entry("k", BigDecimal.TEN.pow(3)),
            Map.entry("M", BigDecimal.TEN.pow(6)),
            Map.entry("G", BigDecimal.TEN.pow(9)),
            Map.entry("T", BigDecimal.TEN.pow(12)),
            Map.entry("P", BigDecimal.TEN.pow(15)),
            Map.entry("Ki", KIBI),
            Map.entry("Mi", KIBI.pow(2)),
            Map.entry("Gi", KIBI.pow(3)),
            Map.entry("Ti", KIBI.pow(4)),
            Map.entry("Pi", KIBI.pow(5)));

    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
    private static final List<String> DECIMAL = List.of("m", "", "k", "M", "G", "T", "P", "E");

    private Amounts() {}

    /** Millicores of a quantity such as {@code 1.5} or {@code 250m}, rounded down; empty when it is none or too big. */
    public static OptionalLong millicores(String quantity) {
        return parse(quantity, 3);
    }

    /** Bytes of a quantity such as {@code 16Gi}, rounded down; empty when it is none or too big. */
    public static OptionalLong bytes(String quantity) {
        return parse(quantity, 0);
    }

    /** CPU as the API server writes it: {@code 250m}, {@code 2}, {@code 1500m}. */
    public static Quantity ofMillicores(long millicores) {
        return Quantity.parse(decimal(BigInteger.valueOf(millicores)));
    }

    /**
     * Bytes as the API server writes them, in whichever of its two notations is shorter: {@code 16Gi}, {@code 5461Mi},
     * {@code 10G}.
     */
    public static Quantity ofBytes(long bytes) {
        String decimal = decimal(BigInteger.valueOf(bytes).multiply(BigInteger.valueOf(1000)));
        String binary = scaled(BigInteger.valueOf(bytes), BigInteger.valueOf(1024), BINARY);
        return Quantity.parse(binary.length() <= decimal.length() ? binary : decimal);
    }

    /** A number of objects as the API server writes it: {@code 40}, {@code 1k}. */
    public static Quantity ofCount(long count) {
        return Quantity.parse(decimal(BigInteger.valueOf(count).multiply(BigInteger.valueOf(1000))));
    }

    private static OptionalLong parse(String quantity, int decimals) {
        Matcher matcher = QUANTITY.matcher(quantity);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        String suffix = matcher.group(3) == null ? "" : matcher.group(3);
        BigDecimal number = new BigDecimal(quantity.substring(0, quantity.length() - suffix.length()));
        BigInteger amount = number.multiply(FACTORS.getOrDefault(suffix, BigDecimal.ONE))
                .movePointRight(decimals)
                .setScale(0, RoundingMode.DOWN)
                .toBigInteger();
        return amount.bitLength() < Long.SIZE ? OptionalLong.of(amount.longValue()) : OptionalLong.empty();
    }

    private static String decimal(BigInteger thousandths) {
        return scaled(thousandths, BigInteger.valueOf(1000), DECIMAL);
    }

    private static String scaled(BigInteger amount, BigInteger base, List<String> suffixes) {
        if (amount.signum() == 0) {
            return "0";
        }
        BigInteger rest = amount;
        int suffix = 0;
        while (suffix < suffixes.size() - 1 && rest.mod(base).signum() == 0) {
            rest = rest.divide(base);
            suffix++;
        }
        return rest + suffixes.get(suffix);
    }
}
