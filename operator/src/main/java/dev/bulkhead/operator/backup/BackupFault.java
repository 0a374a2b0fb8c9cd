package dev.bulkhead.operator.backup;

/** Why a backup cannot be read, or not be written any further. */
public enum BackupFault {
    /** Another kind of file. */
    NOT_A_BACKUP("does not begin with TSB1 and so is none: give the file that was written as this backup"),
    /** A later format; the file may well be whole. */
    UNKNOWN_FORMAT("has the format %s, and this version reads TSB1: use a version that reads it"),
    /** Nothing that long is ever written. */
    HEADER_TOO_LONG("has a header of %s bytes, and none is longer than 4096: it was changed; use another copy"),
    /** Not the one text that a header with these fields has, or no header at all. */
    HEADER_DAMAGED("has a header that nobody wrote so: it was changed; use another copy"),
    /** A whole file perhaps, of somebody else. */
    OTHER_TENANT("holds a backup of tenant %s: use the file of this tenant"),
    /** A whole file perhaps, of another time. */
    OTHER_BACKUP("holds backup %s: use the file of this backup"),
    /** Chunks of one size are written, and none other is read. */
    OTHER_CHUNK_SIZE("has chunks of %s bytes, and TSB1 has 65536: it was changed; use another copy"),
    /** The key is missing, and nothing was found wrong with the file. */
    UNKNOWN_KEY_VERSION("needs tenant key version %s, which is not there: restore the key ring that had it"),
    /** The commitment is of another key. */
    OTHER_KEY("was made with another tenant key version %s than the one there, or its salt or commitment was"
            + " changed: restore the key ring that it was made with, or use another copy"),
    /** All of it is authentic, and the end is missing. */
    UNFINISHED("ends before its end: it was never finished, or was cut short; use another copy"),
    /** All of it is authentic, and then something follows. */
    CONTINUED("goes on after its end: something was appended; use another copy"),
    /** A chunk is not the one that was written in this place. */
    DAMAGED("was changed, cut short or put in another order at chunk %s or before it: use another copy"),
    /** More chunks than one key is used for. */
    TOO_LONG("would have more than 2^40 chunks (64 PiB): make several backups of less each");

    private final String text;

    BackupFault(String text) {
        this.text = text;
    }

    /** The rest of a sentence about the file, with what was found in it. */
    String said(Object... found) {
        return text.formatted(found);
    }
}
