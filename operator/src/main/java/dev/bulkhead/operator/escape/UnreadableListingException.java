package dev.bulkhead.operator.escape;

import java.io.IOException;

/** A server lists a name that its own format cannot hold. */
final class UnreadableListingException extends IOException {
    private static final long serialVersionUID = 1;

    UnreadableListingException() {
        super("a listing is no XML");
    }
}
