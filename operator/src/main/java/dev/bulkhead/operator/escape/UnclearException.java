package dev.bulkhead.operator.escape;

import java.io.IOException;

/**
 * Nothing can be said. Names what it is about, why, and what to do; of the server's words its error code at most, so that
 * nothing of an answer ends up in a status.
 */
final class UnclearException extends IOException {
    private static final long serialVersionUID = 1;

    private final Why why;

    /** Why nothing can be said. */
    enum Why {
        /** No connection. */
        Unreachable("cannot be connected to", "check spec.endpoint, the network and the certificate"),
        /** There are more requests than time. */
        OutOfTime("was not tried to the end in time", "it is tried again; a server that takes so long is overloaded"),
        /** The server did not get as far as the names of a request. */
        NotHeard("was not heard by the server", "check its load, its clock and the key's rights"),
        /** A listing is no XML, or another document: a server lists a name that its own format cannot hold. */
        ListingUnreadable("has a listing that cannot be read", "look at the bucket with the operator's account"),
        /** A listing has no end, or says that there is more and not where. */
        ListingCut("has a listing that does not come to its end", "empty the bucket with the operator's account"),
        /** The owner may not list. */
        ListingRefused("cannot be listed by its owner", "check the rights of the operator's account"),
        /** The owner may not write. */
        NotWritten(
                "cannot be written to by its owner", "check the rights of the operator's account and the disk's space"),
        /** What the owner wrote it does not see: so it would not see either what somebody does there. */
        NotSeen("does not show to its owner what was written there", "check the server's consistency and versioning"),
        /** It changes while nobody does anything. */
        Restless("does not hold still while nobody writes to it", "see that nobody else uses the bucket"),
        /** What a request changed there stays so. */
        NotPutBack("does not take its settings back", "remove the bucket with the operator's account");

        private final String what;
        private final String remedy;

        Why(String what, String remedy) {
            this.what = what;
            this.remedy = remedy;
        }
    }

    /**
     * Says it.
     *
     * @param object such as {@code bucket bh-1}
     * @param detail status and code; may be empty
     */
    UnclearException(Why why, String object, String detail) {
        super(object + " " + why.what + (detail.isEmpty() ? "" : " (" + detail + ")") + ": " + why.remedy);
        this.why = why;
    }

    Why why() {
        return why;
    }
}
