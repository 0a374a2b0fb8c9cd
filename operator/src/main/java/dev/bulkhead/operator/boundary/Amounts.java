package dev.bulkhead.operator.boundary;

import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;

/**
 * Amounts as numbers, and as the quantities the API server would write them: it stores {@code 1000m} as {@code 1} and
 * {@code 1024Mi} as {@code 1Gi}, and a plan that says it otherwise would differ from what it reads back for ever.
 */
@Pure
public final class Amounts {
    /** Bytes of one mebibyte. */
    public static final long MEBIBYTE = 1 << 20;

    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
    private static final List<String> DECIMAL = List.of("m", "", "k", "M", "G", "T", "P", "E");

    private Amounts() {}

    /** CPU as the API server writes it: {@code 250m}, {@code 2}, {@code 1500m}. */
    public static Quantity ofMillicores(long millicores) {
        return Quantity.parse(decimal(BigInteger.valueOf(millicores)));
    }

    /** CPU that somebody wrote, as the API server writes it; finer than a millicore is rounded up, as it does. */
    public static Quantity ofCpu(String quantity) {
        return Quantity.parse(decimal(whole(quantity, 3)));
    }

    /** Bytes that somebody wrote, as the API server writes them; parts of a byte are rounded up. */
    public static Quantity ofMemory(String quantity) {
        return ofBytes(whole(quantity, 0).longValueExact());
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

    private static BigInteger whole(String quantity, int decimals) {
        return Quantity.parse(quantity)
                .getNumericalAmount()
                .movePointRight(decimals)
                .setScale(0, RoundingMode.CEILING)
                .toBigIntegerExact();
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
