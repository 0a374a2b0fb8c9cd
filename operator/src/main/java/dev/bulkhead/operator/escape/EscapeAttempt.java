package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One request that tries to leave a bucket.
 *
 * @param carrier what of it names the victim
 * @param spelling how
 * @param up how many levels it climbs
 */
@Pure
record EscapeAttempt(NameCarrier carrier, Spelling spelling, int up) {
    /** All of one carrier, in a fixed order; requests that would be the same bytes once. */
    static List<EscapeAttempt> of(NameCarrier carrier) {
        Cast anybody = new Cast("own", "victim", "version", "upload", "\"tag\"");
        List<EscapeAttempt> attempts = new ArrayList<>();
        Set<RawRequest> sent = new HashSet<>();
        for (Spelling spelling : Spelling.values()) {
            List<Integer> levels = spelling != Spelling.AS_THE_VICTIM_HAS_IT
                    ? carrier.route().levels(spelling)
                    : carrier.route().isId() ? List.of(0) : List.of();
            for (int up : levels) {
                EscapeAttempt attempt = new EscapeAttempt(carrier, spelling, up);
                if (sent.add(attempt.request(anybody))) {
                    attempts.add(attempt);
                }
            }
        }
        return List.copyOf(attempts);
    }

    /** All names by which an attacker that stays in its own bucket may have written there. */
    static List<String> keys(Cast cast) {
        return of(NameCarrier.KEY_OF_PUT).stream()
                .map(attempt -> attempt.carrier()
                        .route()
                        .name(cast, attempt.spelling(), attempt.up())
                        .bytes())
                .toList();
    }

    /** What is sent. */
    RawRequest request(Cast cast) {
        return carrier.carry(cast, carrier.route().name(cast, spelling, up));
    }

    /** For people. */
    @Override
    public String toString() {
        return carrier.text() + " (" + spelling.text() + ", " + up + " up)";
    }
}
