package dev.bulkhead.operator.escape;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** What is to be reached, in its owner's hands: filled, looked at, put back. */
interface Victim {
    /** Shorter texts would be met by chance. */
    int SHORTEST_SECRET = 12;

    /**
     * Has there what can be attacked, as it was, and sees that it sees all of that.
     *
     * @throws UnclearException when the owner itself cannot
     */
    void stock() throws IOException, InterruptedException;

    /** Who plays which part, with an attacker who has that bucket. */
    Cast cast(AttackersBucket own);

    /** What nobody but its owner can know, so that whoever says it has been told. */
    Set<String> secrets();

    /**
     * What changed since it was filled, and is seen so by two looks: one alone may be of a server that answers before all
     * of it knows.
     */
    List<String> changes() throws IOException, InterruptedException;
}
