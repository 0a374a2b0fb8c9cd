package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;
import java.time.Instant;

/**
 * A backup that is whole, as its manifest says.
 *
 * @param target where it lies
 * @param started when it was begun: it holds nothing that is newer
 */
@Pure
public record GoodBackup(String target, BackupKind kind, Instant started) {}
