package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;

/**
 * Who and what plays a part in an attempt.
 *
 * @param own bucket of the attacker
 * @param home before the keys of the attacker's own objects: empty, or ends in a slash
 * @param victim bucket that is to be reached
 * @param folder of it that is to be reached, and nothing beside it: empty for the whole bucket, or ends in a slash
 * @param version of the victim's {@link #KEY}, as its server names it
 * @param upload that is unfinished in the victim's bucket, of {@link #PARTS}
 * @param tag ETag of the victim's {@link #NUMBER}, with its quotes
 */
@Pure
record Cast(String own, String home, String victim, String folder, String version, String upload, String tag) {
    /** Of two buckets that are there for nothing else. */
    Cast(String own, String victim, String version, String upload, String tag) {
        this(own, "", victim, "", version, upload, tag);
    }

    /** The object that requests name; there is one in both buckets. */
    static final String KEY = "canary";

    /** An object of the victim's whose name is a number, as those of parts are. */
    static final String NUMBER = "17";

    /** A folder of the victim's, with an object of its own and an object named by a number in it. */
    static final String FOLDER = "calls";

    /** The object that uploads are of. */
    static final String PARTS = "parts";

    /** Stands for the upload that the attacker has in its own bucket when a request is sent. */
    static final String OWN_UPLOAD = "own-upload";

    /** A folder of one's own. */
    static final String INSIDE = "inside";

    /** What the attacker writes. */
    static final String WRITTEN = "written by the attacker";

    /** The victim's place, as a name leads there. */
    String place() {
        return folder.isEmpty() ? victim : victim + "/" + folder.substring(0, folder.length() - 1);
    }

    /** An object of the attacker's own, as a query or a body has it. */
    String ownKey(String key) {
        return home + key;
    }
}
