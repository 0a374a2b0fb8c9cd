package dev.bulkhead.operator.backup;

/** Why the manifest of a backup, or the list of its objects, cannot be used. */
public enum ManifestFault {
    /** A later one; the backup may well be whole. */
    UNKNOWN_VERSION("the manifest of %s has version %s, and this version of Bulkhead reads 1: use one that reads it"),
    /** A whole one perhaps, of somebody else. */
    OTHER_TENANT("the manifest of %s is of a backup of tenant %s: use the file of this tenant"),
    /** What is taken in production is never restored for development, and the other way round. */
    OTHER_ENVIRONMENT("the manifest of %s is of a tenant in environment %s, which this one is not: restore it there"),
    /** A whole one perhaps, of another time. */
    OTHER_BACKUP("the manifest of %s is of backup %s: use the file of this backup"),
    /** Nobody may guess that what is not known does not matter. */
    UNKNOWN_FIELD(
            "the manifest of %s has a field %s that version 1 has not: use the version of Bulkhead that wrote it"),
    /** Nothing that long is ever written. */
    TOO_LONG("the manifest of %s is longer than 16 MiB: nobody wrote it so; use another backup"),
    /** Authentic perhaps, and still none. */
    DAMAGED("the manifest of %s has a form that nobody writes: use another backup"),
    /** One line of the list is none. */
    LIST_DAMAGED("the object list of %s has a form that nobody writes, in line %s: use another backup"),
    /** Another list than the manifest counts. */
    LIST_DIFFERS("the object list of %s has %s, and its manifest says %s: use another backup");

    private final String text;

    ManifestFault(String text) {
        this.text = text;
    }

    /** A sentence about a backup, with what was found in it. */
    String said(BackupName backup, Object... found) {
        Object[] all = new Object[found.length + 1];
        all[0] = backup;
        System.arraycopy(found, 0, all, 1, found.length);
        return text.formatted(all);
    }
}
