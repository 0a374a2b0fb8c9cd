package dev.bulkhead.operator.identity;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of the data of one part, so that a loss is never taken for a beginning.
 *
 * @param made whether it was made, and has to be there
 * @param gone when it was first found to be gone, to the second: it is what tells this loss from any later one; null
 *     while it is there
 * @param givenUp {@code gone} of the last loss that a person has given up; null where there was none
 */
public record DataState(
        boolean made, @Nullable Instant gone, @Nullable Instant givenUp) {
    /** Never made. */
    public static final DataState NEW = new DataState(false, null, null);

    /** It was found, or made. */
    public DataState found() {
        return new DataState(true, null, givenUp);
    }

    /** It was made, and is not there. The time of the first look that said so stays. */
    public DataState missing(Instant now) {
        return gone != null ? this : new DataState(made, now.truncatedTo(ChronoUnit.SECONDS), givenUp);
    }

    /** A person has given up this loss: it may be made anew. */
    public DataState given() {
        return new DataState(false, null, gone);
    }
}
