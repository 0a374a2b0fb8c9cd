package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.escape.KeyPowers.PowerFinding;
import dev.bulkhead.operator.escape.KeyPowers.PowerResult;
import dev.bulkhead.operator.objectstore.StoreCapabilities.SeenFeature;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a key that was made for it could do on a server.
 *
 * @param names how it tried to leave its bucket
 * @param powers how it tried to make itself keys, sessions and rights
 */
record StoreTrial(EscapeReport names, List<PowerFinding> powers) {
    /** Makes the list immutable. */
    StoreTrial {
        powers = List.copyOf(powers);
    }

    /**
     * What is to be said of one feature.
     *
     * @param clear whether it says something of the server; else only that it could not be tried to the end
     */
    record TriedFeature(SeenFeature seen, boolean clear) {}

    /** What it says of the server. */
    Map<StoreFeature, TriedFeature> features() {
        return Map.of(
                StoreFeature.KeepsBucketsApart,
                new TriedFeature(
                        BucketsApart.seen(names),
                        names.apart() || !names.with(CarrierResult.THROUGH).isEmpty()),
                StoreFeature.KeysMakeNoKeys,
                keys());
    }

    private TriedFeature keys() {
        if (any(PowerResult.THROUGH)) {
            return new TriedFeature(
                    new SeenFeature(
                            false,
                            "a key with no right but to its bucket was let do " + names(PowerResult.THROUGH)
                                    + ": take that right from every user, or switch it off in the server"),
                    true);
        }
        if (any(PowerResult.UNCLEAR)) {
            return new TriedFeature(
                    new SeenFeature(
                            false,
                            "not shown for " + names(PowerResult.UNCLEAR) + " ("
                                    + with(PowerResult.UNCLEAR).getFirst().detail() + ")"),
                    false);
        }
        return new TriedFeature(
                new SeenFeature(
                        true,
                        any(PowerResult.KEPT)
                                ? "tried by " + with(PowerResult.KEPT).size()
                                        + " requests of the IAM and STS API, all refused"
                                : "the server has no IAM or STS API there"),
                true);
    }

    private boolean any(PowerResult result) {
        return !with(result).isEmpty();
    }

    private String names(PowerResult result) {
        return with(result).stream().map(PowerFinding::power).collect(Collectors.joining("; "));
    }

    private List<PowerFinding> with(PowerResult result) {
        return powers.stream().filter(one -> one.result() == result).toList();
    }
}
