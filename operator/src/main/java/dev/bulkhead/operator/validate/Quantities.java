package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.ApiGroup;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Kubernetes quantities as exact numbers: binary floating point would let a sum slip over a total. */
final class Quantities {
    private static final Pattern FORM = Pattern.compile(ApiGroup.QUANTITY);
    private static final Map<String, BigDecimal> UNITS = Map.ofEntries(
            Map.entry("", BigDecimal.ONE),
            Map.entry("m", new BigDecimal("0.001")),
            Map.entry("k", BigDecimal.TEN.pow(3)),
            Map.entry("M", BigDecimal.TEN.pow(6)),
            Map.entry("G", BigDecimal.TEN.pow(9)),
            Map.entry("T", BigDecimal.TEN.pow(12)),
            Map.entry("P", BigDecimal.TEN.pow(15)),
            Map.entry("Ki", power(1)),
            Map.entry("Mi", power(2)),
            Map.entry("Gi", power(3)),
            Map.entry("Ti", power(4)),
            Map.entry("Pi", power(5)));

    private Quantities() {}

    private static BigDecimal power(int exponent) {
        return new BigDecimal(1024).pow(exponent, MathContext.UNLIMITED);
    }

    /** The amount, or null when the text is no quantity of the API's form. */
    static @Nullable BigDecimal parse(@Nullable String text) {
        if (text == null || !FORM.matcher(text).matches()) {
            return null;
        }
        int unit = text.length();
        while (unit > 0 && !Character.isDigit(text.charAt(unit - 1))) {
            unit--;
        }
        BigDecimal factor = UNITS.get(text.substring(unit));
        return factor == null ? null : new BigDecimal(text.substring(0, unit)).multiply(factor);
    }

    /** The amount as a whole number, or null when it is not whole or more than a {@code long} holds. */
    static @Nullable Long whole(BigDecimal amount) {
        try {
            return amount.longValueExact();
        } catch (ArithmeticException e) {
            return null;
        }
    }
}
