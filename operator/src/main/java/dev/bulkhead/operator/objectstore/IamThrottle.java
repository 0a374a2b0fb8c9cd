package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Keeps requests back for as long as a server asks for: as it says in Retry-After, and twice as long each time where it
 * says nothing. One for all requests to one server, since it counts them all together.
 */
final class IamThrottle {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Nobody is kept waiting longer by what a server writes. */
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

    private final Clock clock;
    private Instant notBefore = Instant.MIN;
    private Duration next = FIRST;

    IamThrottle(Clock clock) {
        this.clock = clock;
    }

    /**
     * Lets a request leave.
     *
     * @throws StoreException Busy while the server asked to be left alone
     */
    synchronized void enter(String operation) {
        Instant now = clock.instant();
        if (now.isBefore(notBefore)) {
            long seconds = Duration.between(now, notBefore).toSeconds() + 1;
            throw new StoreException(
                    StoreFailure.Busy,
                    operation,
                    "not sent: the server asked for a pause, " + seconds + " s of it left");
        }
    }

    /** The server took a request. */
    synchronized void taken() {
        next = FIRST;
    }

    /**
     * The server asked to come back later.
     *
     * @param retryAfter what the header says, seconds or a date; null where there is none
     */
    synchronized void refused(@Nullable String retryAfter) {
        Instant now = clock.instant();
        Duration pause = retryAfter == null ? next : asked(retryAfter, now);
        next = next.multipliedBy(2).compareTo(LONGEST) < 0 ? next.multipliedBy(2) : LONGEST;
        Instant until = now.plus(pause.compareTo(LONGEST_ASKED) < 0 ? pause : LONGEST_ASKED);
        notBefore = until.isAfter(notBefore) ? until : notBefore;
    }

    private Duration asked(String retryAfter, Instant now) {
        try {
            return retryAfter.matches("[0-9]{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(retryAfter))
                    : Duration.between(
                            now,
                            ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
        } catch (DateTimeException e) {
            return next;
        }
    }
}
