package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.objectstore.StoreCapabilities.SeenFeature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether a server keeps buckets apart: has it tried at the first look of a process, each day, and when the server says
 * that it is another. What was found stays found until a trial says clearly otherwise: one that could not be made, or is
 * unclear, takes nothing back. That nobody gets out holds of the program it was found of, and for three days at most.
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
         * Tries to leave a bucket, in minutes.
         *
         * @throws StoreException when it cannot be tried
         */
        EscapeReport tried();
    }

    /**
     * What was found last.
     *
     * @param feature as of the last clear trial; of the last one where none was clear
     * @param clear when the last clear trial was; null while nothing is known
     * @param server the name that it gave itself then
     * @param tried when the last trial was
     * @param unclear how many trials were unclear since
     */
    record LastTrial(SeenFeature feature, @Nullable Instant clear, String server, Instant tried, int unclear) {}

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
     * @return what is to be said of the server; empty where the operator can make no key to try with
     * @throws StoreException when it was never tried and cannot be now
     */
    Optional<SeenFeature> look() {
        if (!trial.makesKeys()) {
            return Optional.empty();
        }
        synchronized (known) { // one trial of a server at a time
            return Optional.of(looked());
        }
    }

    private SeenFeature looked() {
        LastTrial before = known.get();
        String said = trial.server();
        String server = said.isEmpty() && before != null ? before.server() : said; // no name is no other name
        if (before != null && !isDue(before, server)) {
            return before.feature();
        }
        try {
            return noted(before, trial.tried(), server);
        } catch (StoreException e) {
            if (before == null) {
                throw e;
            }
            return unclear(before, new SeenFeature(false, "could not be tried (" + e.getMessage() + ")"), server);
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

    private SeenFeature noted(@Nullable LastTrial before, EscapeReport report, String server) {
        SeenFeature found = BucketsApart.seen(report);
        if (report.apart() || !report.with(CarrierResult.THROUGH).isEmpty()) {
            Instant now = clock.instant();
            known.set(new LastTrial(found, now, server, now, 0));
            return found;
        }
        return unclear(before, found, server);
    }

    private SeenFeature unclear(@Nullable LastTrial before, SeenFeature found, String server) {
        LOG.atWarn().addKeyValue("cause", found.message()).log("whether buckets are apart is unclear");
        int unclear = before == null ? 1 : before.unclear() + 1;
        LastTrial now = before != null && before.clear() != null && holds(before, before.clear(), server)
                ? new LastTrial(before.feature(), before.clear(), server, clock.instant(), unclear)
                : new LastTrial(found, null, server, clock.instant(), unclear);
        known.set(now);
        return now.feature();
    }

    /** A way out stays one until it is shown to be shut; that there is none is said of the program that was tried. */
    private boolean holds(LastTrial before, Instant clear, String server) {
        return !before.feature().available()
                || (before.server().equals(server) && clock.instant().isBefore(clear.plus(LONGEST_VALID)));
    }

    /** Who may be let in now. */
    Stand stand() {
        LastTrial now = known.get();
        if (!trial.makesKeys()) {
            return Stand.Everybody;
        }
        return now == null ? Stand.NobodyYet : now.feature().available() ? Stand.Everybody : Stand.NobodyNew;
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
