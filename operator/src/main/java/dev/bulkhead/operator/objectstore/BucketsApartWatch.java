package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.objectstore.StoreCapabilities.SeenFeature;
import dev.bulkhead.operator.objectstore.StoreTrial.TriedFeature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether a server keeps buckets apart, and whether a key can make itself more there: has it tried at the first look of
 * a process, each day, and when the server says that it is another. What was found stays found until a trial says clearly
 * otherwise: one that could not be made, or is unclear, takes nothing back. That nobody gets out holds of the program it was
 * found of, and for three days at most.
 */
final class BucketsApartWatch {
    private static final Logger LOG = LoggerFactory.getLogger(BucketsApartWatch.class);
    private static final Duration VALID = Duration.ofDays(1);
    private static final Duration LONGEST_VALID = VALID.multipliedBy(3);

    /** An unclear trial is made again at the next look, and then after pauses of this and twice as long each time. */
    private static final Duration PAUSE = Duration.ofMinutes(2);

    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final ApartTrial trial;
    private final Clock clock;
    private final AtomicReference<@Nullable LastTrial> known;

    /** How it is found out. */
    interface ApartTrial {
        /** Whether the operator makes keys there: else there is none to try with. */
        boolean makesKeys();

        /** The name that the server gives itself, in as few requests as that takes; empty where it gives none. */
        String server();

        /**
         * Tries to leave a bucket, and to make keys and rights, in minutes.
         *
         * @throws StoreException when it cannot be tried
         */
        StoreTrial tried();
    }

    /**
     * What was found last.
     *
     * @param features each as of its last clear trial; of the last one where none was clear
     * @param server the name that it gave itself then
     * @param tried when the last trial was
     * @param unclear how many trials were unclear since all was clear
     */
    record LastTrial(Map<StoreFeature, LastFeature> features, String server, Instant tried, int unclear) {
        /** Makes the map immutable. */
        LastTrial {
            features = Map.copyOf(features);
        }

        Map<StoreFeature, SeenFeature> seen() {
            Map<StoreFeature, SeenFeature> seen = new EnumMap<>(StoreFeature.class);
            features.forEach((feature, last) -> seen.put(feature, last.seen()));
            return seen;
        }
    }

    /**
     * The same of one feature.
     *
     * @param clear when it was last tried with a clear result; null while it never was
     */
    record LastFeature(SeenFeature seen, @Nullable Instant clear) {}

    /**
     * For one server.
     *
     * @param known what was found there before, and is from now on; may be shared
     */
    BucketsApartWatch(ApartTrial trial, AtomicReference<@Nullable LastTrial> known, Clock clock) {
        this.trial = trial;
        this.known = known;
        this.clock = clock;
    }

    /**
     * Looks, and tries where that is due.
     *
     * @return what is to be said of the server; nothing where the operator can make no key to try with
     * @throws StoreException when it was never tried and cannot be now
     */
    Map<StoreFeature, SeenFeature> look() {
        if (!trial.makesKeys()) {
            return Map.of();
        }
        synchronized (known) { // one trial of a server at a time
            LastTrial now = looked();
            known.set(now);
            return now.seen();
        }
    }

    private LastTrial looked() {
        LastTrial before = known.get();
        String said = trial.server();
        String server = said.isEmpty() && before != null ? before.server() : said; // no name is no other name
        if (before != null && !isDue(before, server)) {
            return before;
        }
        try {
            return noted(before, trial.tried().features(), server);
        } catch (StoreException e) {
            if (before == null) {
                throw e;
            }
            TriedFeature untried =
                    new TriedFeature(new SeenFeature(false, "could not be tried (" + e.getMessage() + ")"), false);
            return noted(
                    before,
                    before.features().keySet().stream().collect(Collectors.toMap(feature -> feature, _ -> untried)),
                    server);
        }
    }

    private boolean isDue(LastTrial before, String server) {
        if (!before.server().equals(server)) {
            return true;
        }
        Instant next = before.unclear() == 0
                ? before.tried().plus(VALID)
                : before.tried().plus(pause(before.unclear()));
        return !clock.instant().isBefore(next);
    }

    private static Duration pause(int unclear) {
        if (unclear == 1) {
            return Duration.ZERO;
        }
        Duration pause = PAUSE.multipliedBy(1L << Math.min(unclear - 2, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private LastTrial noted(@Nullable LastTrial before, Map<StoreFeature, TriedFeature> found, String server) {
        Instant now = clock.instant();
        Map<StoreFeature, LastFeature> features = new EnumMap<>(StoreFeature.class);
        int unclear = 0;
        for (Map.Entry<StoreFeature, TriedFeature> one : found.entrySet()) {
            SeenFeature seen = one.getValue().seen();
            if (one.getValue().clear()) {
                features.put(one.getKey(), new LastFeature(seen, now));
                continue;
            }
            LOG.atWarn()
                    .addKeyValue("capability", one.getKey().wireName())
                    .addKeyValue("cause", seen.message())
                    .log("what a trial of the server is to show is unclear");
            unclear = before == null ? 1 : before.unclear() + 1;
            LastFeature last = before == null ? null : before.features().get(one.getKey());
            features.put(
                    one.getKey(),
                    before != null && last != null && holds(before, last, server) ? last : new LastFeature(seen, null));
        }
        return new LastTrial(features, server, now, unclear);
    }

    /** What is open stays so until it is shown to be shut; that it is shut is said of the program that was tried. */
    private boolean holds(LastTrial before, LastFeature last, String server) {
        Instant clear = last.clear();
        return clear != null
                && (!last.seen().available()
                        || (before.server().equals(server) && clock.instant().isBefore(clear.plus(LONGEST_VALID))));
    }

    /** Who may be let in now. */
    Stand stand() {
        LastTrial now = known.get();
        if (!trial.makesKeys()) {
            return Stand.Everybody;
        }
        if (now == null) {
            return Stand.NobodyYet;
        }
        SeenFeature apart = now.seen().get(StoreFeature.KeepsBucketsApart);
        return apart != null && apart.available() ? Stand.Everybody : Stand.NobodyNew;
    }

    /** Who may be let in. */
    enum Stand {
        /** Nothing speaks against it. */
        Everybody,
        /** It was not tried yet since this process began; who is in stays in. */
        NobodyYet,
        /** Somebody got out of a bucket, or it is not shown that nobody can; who is in stays in. */
        NobodyNew
    }
}
