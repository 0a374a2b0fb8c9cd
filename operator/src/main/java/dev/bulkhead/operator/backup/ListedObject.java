package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The current version of one object, as a bucket lists it.
 *
 * @param versionId null where the bucket keeps no versions
 * @param bytes length of its content
 * @param etag as the store says it; empty where it says none
 * @param modified when it was written
 */
@Pure
public record ListedObject(String key, @Nullable String versionId, long bytes, String etag, Instant modified) {
    /** Refuses what no bucket has. */
    public ListedObject {
        BackupManifest.requireText(key);
        BackupFile.requireCount(bytes);
        Objects.requireNonNull(etag);
    }

    /**
     * Whether this is certainly the other one, unchanged. Whatever differs says that it was written since, be it with the same
     * bytes; a store that says no ETag says too little.
     */
    boolean isUnchanged(ListedObject earlier) {
        return !etag.isEmpty() && equals(earlier);
    }
}
