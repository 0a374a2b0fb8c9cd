package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One backup of a target, as far as it matters for whether it stays.
 *
 * @param needs ids of the backups that it cannot be restored without; of one that is under way, those that it may come to need
 * @param started when it was begun
 * @param lockedUntil until when the store lets nobody delete it; null without a lock
 * @param legalHold whether somebody said that it must stay
 */
@Pure
public record KnownBackup(
        String id,
        BackupKind kind,
        SortedSet<String> needs,
        Instant started,
        BackupState state,
        @Nullable Instant lockedUntil,
        boolean legalHold) {
    /** Makes the set immutable. */
    public KnownBackup {
        needs = Collections.unmodifiableSortedSet(new TreeSet<>(needs));
    }
}
