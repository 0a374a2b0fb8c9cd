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
 * unclear, takes nothing back and is made again at the next look.
 */
final class BucketsApartWatch {
    private static final Logger LOG = LoggerFactory.getLogger(BucketsApartWatch.class);
    private static final Duration VALID = Duration.ofDays(1);

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
         * @return empty where the operator can make no key to try with
         * @throws StoreException when it cannot be tried
         */
        Optional<EscapeReport> tried();
    }

    /**
     * What was found last.
     *
     * @param feature as of the last clear trial; of the last one where none was clear
     * @param clear whether anything is known: that it is apart, or that somebody got out
     * @param settled when the last clear trial was; the next one is due a day later
     */
    record LastTrial(
            SeenFeature feature, boolean clear, @Nullable Instant settled, String server) {}

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
        synchronized (known) { // one trial of a server at a time
            return looked();
        }
    }

    private Optional<SeenFeature> looked() {
        String server = trial.server();
        LastTrial before = known.get();
        if (before != null && !isDue(before, server)) {
            return Optional.of(before.feature());
        }
        try {
            return trial.tried().map(report -> noted(before, report, server));
        } catch (StoreException e) {
            if (before == null) {
                throw e;
            }
            LOG.atWarn().addKeyValue("cause", e.getMessage()).log("whether buckets are apart could not be tried");
            return Optional.of(before.feature());
        }
    }

    private boolean isDue(LastTrial before, String server) {
        Instant settled = before.settled();
        return settled == null
                || !before.server().equals(server)
                || !clock.instant().isBefore(settled.plus(VALID));
    }

    private SeenFeature noted(@Nullable LastTrial before, EscapeReport report, String server) {
        boolean clear = report.apart() || !report.with(CarrierResult.THROUGH).isEmpty();
        SeenFeature found = BucketsApart.seen(report);
        if (clear) {
            known.set(new LastTrial(found, true, clock.instant(), server));
            return found;
        }
        LOG.atWarn().addKeyValue("cause", found.message()).log("whether buckets are apart is unclear");
        SeenFeature said = before != null && before.clear() ? before.feature() : found;
        known.set(new LastTrial(said, before != null && before.clear(), null, server));
        return said;
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
