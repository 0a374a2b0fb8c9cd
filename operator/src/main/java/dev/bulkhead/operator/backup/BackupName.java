package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.regex.Pattern;

/**
 * Which backup is meant. A file is written as one backup and opens as that one only.
 *
 * @param tenant whose data it holds
 * @param id 1 to 63 lower-case letters, digits and inner hyphens; no second backup of the tenant has it
 */
public record BackupName(TenantIdentity tenant, String id) {
    private static final Pattern ID = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /** Refuses an id of another form. */
    public BackupName {
        requireId(id);
    }

    static void requireId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "not the id of a backup: 1 to 63 lower-case letters, digits and inner hyphens are needed");
        }
    }

    @Override
    public String toString() {
        return "backup " + id + " of tenant " + tenant;
    }
}
