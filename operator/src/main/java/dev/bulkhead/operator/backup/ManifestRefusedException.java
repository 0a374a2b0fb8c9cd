package dev.bulkhead.operator.backup;

import java.io.IOException;

/** What a backup consists of cannot be read; the message names the backup, why, and what to do. */
public final class ManifestRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final ManifestFault fault;

    ManifestRefusedException(BackupName backup, ManifestFault fault, Object... found) {
        super(fault.said(backup, found));
        this.fault = fault;
    }

    /** Why, for those who decide by it. */
    public ManifestFault fault() {
        return fault;
    }
}
