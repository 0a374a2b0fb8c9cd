package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;

/** How much one backup holds of its own. */
@Pure
public enum BackupKind {
    /** What is not in an earlier backup yet; it cannot be restored without that one. */
    Increment,
    /** Everything. */
    Full;

    /** Whether one of this kind does for one of the other. */
    public boolean covers(BackupKind other) {
        return compareTo(other) >= 0;
    }
}
