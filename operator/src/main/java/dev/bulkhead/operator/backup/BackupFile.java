package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;
import java.util.regex.Pattern;

/**
 * One encrypted file of a backup, as it lies in the target.
 *
 * @param id as in its header; no other file of the tenant has it
 * @param bytes length of the file
 * @param sha256 of the file, 64 hexadecimal digits in lower case
 */
@Pure
public record BackupFile(String id, long bytes, String sha256) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    /** Refuses what no file is called, has or gives. */
    public BackupFile {
        BackupName.requireId(id);
        requireCount(bytes);
        requireDigest(sha256);
    }

    static void requireDigest(String text) {
        if (!DIGEST.matcher(text).matches()) {
            throw new IllegalArgumentException("a digest is 64 hexadecimal digits in lower case");
        }
    }

    static void requireCount(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("nothing is there less than 0 times");
        }
    }
}
