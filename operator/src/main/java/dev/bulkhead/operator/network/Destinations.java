package dev.bulkhead.operator.network;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.validate.ValidTenant.Block;
import java.util.ArrayList;
import java.util.List;

/** Checks the address ranges of a destination and cuts out of them what no tenant may reach. */
public final class Destinations {
    private static final int LONGEST_SHOWN = 64;

    private Destinations() {}

    /** What checking led to. */
    public sealed interface Result {
        /**
         * They may be reached.
         *
         * @param blocks as few and as large as can be, sorted, each with the forbidden ranges inside it; never empty
         *     unless no range was given
         */
        record Cut(List<Block> blocks) implements Result {
            /** Makes the list immutable. */
            public Cut {
                blocks = List.copyOf(blocks);
            }
        }

        /** At least one may not, or is not a range. */
        record Refused(List<Finding> findings) implements Result {
            /** Makes the list immutable. */
            public Refused {
                findings = List.copyOf(findings);
            }
        }
    }

    /**
     * Checks all ranges of one destination.
     *
     * @param subject the field, such as {@code spec.network.egress[llm].cidrs}
     * @param cidrs as somebody wrote them
     * @param forbidden what no tenant may reach
     */
    public static Result check(String subject, List<String> cidrs, ForbiddenRanges forbidden) {
        List<Finding> findings = new ArrayList<>();
        List<Cidr> ranges = new ArrayList<>();
        for (String cidr : cidrs) {
            switch (Cidr.parse(cidr)) {
                case Cidr.Parsing.Malformed(String message) ->
                    findings.add(new Finding(Reason.InvalidSpec, subject, shown(cidr) + " " + message));
                case Cidr.Parsing.Parsed(Cidr range) -> {
                    if (coveredBy(range, forbidden.within(range))) {
                        findings.add(refused(subject, range, forbidden));
                    } else {
                        ranges.add(range);
                    }
                }
            }
        }
        return findings.isEmpty()
                ? new Result.Cut(Cidr.aggregate(ranges).stream()
                        .map(range -> block(range, forbidden))
                        .toList())
                : new Result.Refused(findings);
    }

    /** What is forbidden is aggregated, so if all of a range is, then one of its ranges contains it. */
    private static boolean coveredBy(Cidr range, List<Cidr> forbidden) {
        return forbidden.stream().anyMatch(other -> other.contains(range));
    }

    private static Finding refused(String subject, Cidr range, ForbiddenRanges forbidden) {
        return new Finding(
                Reason.DestinationRefused,
                subject,
                range + " lies within addresses that no tenant may reach ("
                        + String.join("; ", forbidden.namesWithin(range))
                        + "); name addresses outside the cluster");
    }

    /** What somebody wrote, as far as a condition can bear it. */
    private static String shown(String cidr) {
        String clean = cidr.replaceAll("[^\\x20-\\x7e]", "?");
        return "\"" + (clean.length() <= LONGEST_SHOWN ? clean : clean.substring(0, LONGEST_SHOWN) + "…") + "\"";
    }

    private static Block block(Cidr range, ForbiddenRanges forbidden) {
        return new Block(
                range.toString(),
                forbidden.within(range).stream().map(Cidr::toString).toList());
    }
}
