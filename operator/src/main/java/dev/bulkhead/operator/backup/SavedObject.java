package dev.bulkhead.operator.backup;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.bulkhead.operator.Pure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One object of a backup: a line of its object list. As JSON it has one text only, as a manifest has.
 *
 * @param versionId null where the bucket keeps no versions
 * @param bytes length of its content
 * @param etag as the store said it
 * @param modified RFC 3339, UTC: when it was written, as the store said it
 * @param sha256 of its content, 64 hexadecimal digits
 * @param in the backup in whose files the content lies
 * @param file which of the files with contents of that backup: 1 and up
 * @param at where in what that file holds the content begins
 */
@Pure
@JsonPropertyOrder({"key", "versionId", "bytes", "etag", "modified", "sha256", "in", "file", "at"})
public record SavedObject(
        String key,
        @Nullable String versionId,
        long bytes,
        String etag,
        String modified,
        String sha256,
        String in,
        int file,
        long at) {
    /** Refuses what nobody would write so. */
    public SavedObject {
        if (!Instant.parse(modified).toString().equals(modified)) {
            throw new IllegalArgumentException("a time is RFC 3339, in UTC");
        }
        new ListedObject(key, versionId, bytes, etag, Instant.parse(modified));
        BackupFile.requireDigest(sha256);
        BackupName.requireId(in);
        BackupFile.requireCount(file - 1);
        BackupFile.requireCount(at);
        BackupFile.requireCount(at + bytes);
    }

    /** One that was just written. */
    public static SavedObject of(ListedObject object, String sha256, String in, int file, long at) {
        return new SavedObject(
                object.key(),
                object.versionId(),
                object.bytes(),
                object.etag(),
                object.modified().toString(),
                sha256,
                in,
                file,
                at);
    }

    /** As the bucket listed it. */
    public ListedObject object() {
        return new ListedObject(key, versionId, bytes, etag, Instant.parse(modified));
    }
}
