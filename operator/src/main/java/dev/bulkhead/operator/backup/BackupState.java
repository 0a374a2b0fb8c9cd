package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;

/** How far one backup can be trusted. */
@Pure
public enum BackupState {
    /** Somebody works on it. */
    UnderWay("is being made"),
    /** There is no manifest, or it says that something is missing. */
    Incomplete("is incomplete"),
    /** It was tried, and could not be restored as it was recorded. */
    Damaged("could not be restored when that was tried"),
    /** The manifest says that all of it is there. */
    Complete("is complete"),
    /** It was restored, and compared with what was recorded. */
    Verified("was verified");

    private final String text;

    BackupState(String text) {
        this.text = text;
    }

    /** The rest of a sentence about a backup. */
    String text() {
        return text;
    }

    boolean whole() {
        return this == Complete || this == Verified;
    }
}
