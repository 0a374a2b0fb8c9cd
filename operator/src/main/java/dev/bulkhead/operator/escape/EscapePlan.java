package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.escape.EscapeSlice.EscapePart;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who tries which names in which round, with keys that were delivered.
 *
 * <p>Between the canaries everything is tried that their keys have a control for, at once and again each day; in the rounds
 * between, one carrier that leaves no version in the attacker's bucket. Each tenant tries, in each of its rounds, a few
 * spellings of two carriers: one by which a server is known to have let somebody through, and one of the others.
 */
@Pure
public final class EscapePlan {
    /** How long a carrier that was tried between the canaries counts. */
    public static final Duration VALID = Duration.ofDays(1);

    /** Rounds until each tenant has tried every carrier that is for tenants. */
    public static final int TENANT_TURNS = 15;

    private static final int MOST_AGAIN = 4;

    /** What a tenant's key may not do in its own bucket either: the operator's own trial asks these. */
    private static final Set<NameCarrier> NO_CONTROL =
            EnumSet.of(NameCarrier.BUCKET_OF_POLICY, NameCarrier.VERSION_OF_DELETE, NameCarrier.VERSION_IN_DELETE);

    /** By these VersityGW 1.8 lets out. */
    private static final List<NameCarrier> KNOWN = List.of(
            NameCarrier.UPLOAD_OF_PART,
            NameCarrier.UPLOAD_OF_LIST,
            NameCarrier.UPLOAD_OF_ABORT,
            NameCarrier.UPLOAD_OF_COMPLETE,
            NameCarrier.UPLOAD_OF_PRESIGNED_PART,
            NameCarrier.UPLOAD_OF_PART_COPY,
            NameCarrier.UPLOAD_OF_COMPLETE_IN_FOLDER);

    private static final List<NameCarrier> OTHERS = List.of(
            NameCarrier.KEY_IN_DELETE,
            NameCarrier.KEY_OF_GET,
            NameCarrier.BUCKET_OF_DELETE,
            NameCarrier.COPY_SOURCE_OF_PART,
            NameCarrier.PREFIX,
            NameCarrier.VERSION_OF_GET,
            NameCarrier.BUCKET_OF_PUT,
            NameCarrier.PART_OF_PUT,
            NameCarrier.PREFIX_OF_VERSIONS,
            NameCarrier.KEY_OF_PRESIGNED_GET,
            NameCarrier.BUCKET_OF_GET,
            NameCarrier.PART_OF_GET,
            NameCarrier.PREFIX_OF_UPLOADS,
            NameCarrier.BUCKET_OF_LIST,
            NameCarrier.PREFIX_OF_FIRST_LISTING);

    private static final Set<Spelling> FEW =
            EnumSet.of(Spelling.PLAIN, Spelling.PERCENT_SLASHES, Spelling.DOTS_IN_THE_MIDDLE);

    private static final Set<Spelling> NULS =
            EnumSet.of(Spelling.NUL_AFTER_BUCKET, Spelling.NUL_AT_END, Spelling.NUL_AS_IT_IS);

    private EscapePlan() {}

    /** All carriers that are tried between the canaries, as they are called in findings. */
    public static List<String> carriers() {
        return whole().stream().map(NameCarrier::text).toList();
    }

    private static List<NameCarrier> whole() {
        return Arrays.stream(NameCarrier.values())
                .filter(carrier -> !NO_CONTROL.contains(carrier))
                .toList();
    }

    /**
     * What one canary tries on the other now.
     *
     * @param settled when each carrier was tried and the result was clear
     * @param turn counts the rounds
     */
    public static EscapeSlice ofCanaries(Map<String, Instant> settled, int turn, Instant now) {
        List<NameCarrier> due = whole().stream()
                .filter(carrier ->
                        !settled.getOrDefault(carrier.text(), Instant.MIN).isAfter(now.minus(VALID)))
                .toList();
        return due.isEmpty()
                ? new EscapeSlice(List.of(whole(quiet().get(Math.floorMod(turn, quiet().size())))), false)
                : new EscapeSlice(due.stream().map(EscapePlan::whole).toList(), true);
    }

    /** Carriers that leave nothing at home, on whatever server. */
    private static List<NameCarrier> quiet() {
        List<NameCarrier> quiet = new ArrayList<>(KNOWN);
        OTHERS.stream().filter(carrier -> carrier != NameCarrier.KEY_IN_DELETE).forEach(quiet::add);
        return quiet;
    }

    /**
     * What one tenant tries on a canary in one of its rounds.
     *
     * @param turn counts the rounds
     * @param again carriers that were not clearly kept the last time; of more than a few the first
     */
    public static EscapeSlice ofTenant(int turn, Set<String> again) {
        Set<NameCarrier> carriers = new LinkedHashSet<>();
        carriers.add(KNOWN.get(Math.floorMod(turn, KNOWN.size())));
        carriers.add(OTHERS.get(Math.floorMod(turn, OTHERS.size())));
        tenants().stream()
                .filter(carrier -> again.contains(carrier.text()))
                .limit(MOST_AGAIN)
                .forEach(carriers::add);
        return new EscapeSlice(carriers.stream().map(EscapePlan::few).toList(), false);
    }

    /** The same for somebody who has one round only. */
    public static EscapeSlice ofTenantAtOnce() {
        return new EscapeSlice(tenants().stream().map(EscapePlan::few).toList(), false);
    }

    private static List<NameCarrier> tenants() {
        List<NameCarrier> all = new ArrayList<>(KNOWN);
        all.addAll(OTHERS);
        return all;
    }

    private static EscapePart whole(NameCarrier carrier) {
        return new EscapePart(
                carrier,
                EscapeAttempt.of(carrier).stream()
                        .filter(EscapePlan::needsItsName)
                        .filter(EscapePlan::isHarmless)
                        .toList());
    }

    private static EscapePart few(NameCarrier carrier) {
        return new EscapePart(
                carrier,
                whole(carrier).attempts().stream()
                        .filter(attempt -> FEW.contains(attempt.spelling()))
                        // On servers for which it is a plain key each of them leaves a delete marker at home.
                        .filter(attempt -> carrier != NameCarrier.KEY_IN_DELETE || isRare(attempt))
                        .toList());
    }

    private static boolean isRare(EscapeAttempt attempt) {
        return attempt.up() == 1 && attempt.spelling() != Spelling.PERCENT_SLASHES;
    }

    /** The bucket's own name is the front door, which other attempts are for. */
    private static boolean needsItsName(EscapeAttempt attempt) {
        return attempt.carrier().route() != NameCarrier.Route.BUCKET
                || attempt.up() > 0
                || attempt.spelling() != Spelling.PLAIN;
    }

    /** Cut off at a NUL, the bucket itself would be deleted or made. */
    private static boolean isHarmless(EscapeAttempt attempt) {
        boolean writes =
                attempt.carrier() == NameCarrier.BUCKET_OF_DELETE || attempt.carrier() == NameCarrier.BUCKET_OF_PUT;
        return !writes || !NULS.contains(attempt.spelling());
    }
}
