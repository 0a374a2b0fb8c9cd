package dev.bulkhead.operator.backup;

import java.io.IOException;

/** A backup cannot be read, or be written any further; the message names the backup, why, and what to do. */
public final class BackupRefusedException extends IOException {
    private final BackupFault fault;

    BackupRefusedException(BackupName backup, BackupFault fault, Object... found) {
        super("the file of " + backup + " " + fault.said(found));
        this.fault = fault;
    }

    /** Why, for those who decide by it. */
    public BackupFault fault() {
        return fault;
    }
}
