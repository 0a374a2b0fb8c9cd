package dev.bulkhead.operator.escape;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The attacker's own bucket: what the same requests do by the front door, and what came in. */
interface AttackersBucket {
    String bucket();

    /** What precedes the keys of the attacker's own objects; empty, or ends in a slash. */
    String home();

    /** Has an object of its own there, and an upload of its own, whose id is returned. */
    String stock() throws IOException, InterruptedException;

    /** Whether its key still lets in here: of a key that does not, no refusal says anything. */
    boolean letsIn() throws IOException, InterruptedException;

    /** What of the victim's is in here now; what came in by attempts is deleted. */
    List<String> loot(Set<String> secrets) throws IOException, InterruptedException;

    /** Whether a request of the kind works here: without that, no refusal of it says anything. */
    FrontDoor frontDoor(NameCarrier carrier) throws IOException, InterruptedException;
}
