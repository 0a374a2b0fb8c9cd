package dev.bulkhead.operator.backup;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What anybody can read of a backup, and what is authentic once its first chunk was read. As JSON it has one text only: these
 * fields in this order, no white space, no escapes.
 *
 * @param identity of the tenant whose data it is
 * @param backupId id of the backup
 * @param serverVersion what the data came from, as that calls itself: 1 to 100 printable ASCII characters, neither quotation
 *     mark nor backslash
 * @param tkVersion version of the tenant key
 * @param salt 32 random bytes, base64
 * @param chunkSize 65536
 * @param created RFC 3339, UTC, whole seconds
 */
@JsonPropertyOrder({"identity", "backupId", "serverVersion", "tkVersion", "salt", "chunkSize", "created"})
public record BackupHeader(
        String identity,
        String backupId,
        String serverVersion,
        int tkVersion,
        String salt,
        int chunkSize,
        String created) {
    static final String MAGIC = "TSB1";
    static final int SALT_BYTES = 32;
    static final int CHUNK_BYTES = 1 << 16;
    static final int MAX_JSON_BYTES = 4096;

    private static final String KINDRED = "TSB[!-~]";
    private static final Pattern SERVER_VERSION = Pattern.compile("[ !#-\\[\\]-~]{1,100}");
    private static final JsonMapper JSON = new JsonMapper();

    /** Refuses what no header has, but for the size of chunks, which has a refusal of its own. */
    public BackupHeader {
        new BackupName(new TenantIdentity(identity), backupId);
        requireServerVersion(serverVersion);
        if (tkVersion < 1) {
            throw new IllegalArgumentException("tenant key versions begin with 1");
        }
        byte[] bytes = Base64.getDecoder().decode(salt);
        if (bytes.length != SALT_BYTES
                || !Base64.getEncoder().encodeToString(bytes).equals(salt)) {
            throw new IllegalArgumentException("a salt is " + SALT_BYTES + " bytes in base64");
        }
        if (!wholeSeconds(Instant.parse(created)).equals(created)) {
            throw new IllegalArgumentException("a time is RFC 3339, in UTC and whole seconds");
        }
    }

    static BackupHeader of(BackupName backup, String serverVersion, int tkVersion, byte[] salt, Instant created) {
        return new BackupHeader(
                backup.tenant().value(),
                backup.id(),
                serverVersion,
                tkVersion,
                Base64.getEncoder().encodeToString(salt),
                CHUNK_BYTES,
                wholeSeconds(created));
    }

    static void requireServerVersion(String serverVersion) {
        if (!SERVER_VERSION.matcher(serverVersion).matches()) {
            throw new IllegalArgumentException(
                    "not the version of a server: 1 to 100 printable ASCII characters without \" and \\ are needed");
        }
    }

    /** Which backup it says it is. */
    public BackupName backup() {
        return new BackupName(new TenantIdentity(identity), backupId);
    }

    byte[] saltBytes() {
        return Base64.getDecoder().decode(salt);
    }

    /** Magic, length and JSON. */
    byte[] bytes() {
        byte[] json = json();
        return ByteBuffer.allocate(MAGIC.length() + Integer.BYTES + json.length)
                .put(MAGIC.getBytes(StandardCharsets.US_ASCII))
                .putInt(json.length)
                .put(json)
                .array();
    }

    /** Reads one, and nothing behind it. */
    static BackupHeader read(InputStream in, BackupName wanted) throws IOException {
        String magic = new String(in.readNBytes(MAGIC.length()), StandardCharsets.ISO_8859_1);
        if (!magic.equals(MAGIC)) {
            throw magic.matches(KINDRED)
                    ? new BackupRefusedException(wanted, BackupFault.UNKNOWN_FORMAT, magic)
                    : new BackupRefusedException(wanted, BackupFault.NOT_A_BACKUP);
        }
        int length = ByteBuffer.wrap(exactly(Integer.BYTES, in, wanted)).getInt();
        if (length < 0 || length > MAX_JSON_BYTES) {
            throw new BackupRefusedException(wanted, BackupFault.HEADER_TOO_LONG, Integer.toUnsignedString(length));
        }
        BackupHeader header = parse(exactly(length, in, wanted))
                .orElseThrow(() -> new BackupRefusedException(wanted, BackupFault.HEADER_DAMAGED));
        if (!header.identity.equals(wanted.tenant().value())) {
            throw new BackupRefusedException(wanted, BackupFault.OTHER_TENANT, header.identity);
        }
        if (!header.backupId.equals(wanted.id())) {
            throw new BackupRefusedException(wanted, BackupFault.OTHER_BACKUP, header.backupId);
        }
        if (header.chunkSize != CHUNK_BYTES) {
            throw new BackupRefusedException(wanted, BackupFault.OTHER_CHUNK_SIZE, header.chunkSize);
        }
        return header;
    }

    static byte[] exactly(int length, InputStream in, BackupName wanted) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new BackupRefusedException(wanted, BackupFault.UNFINISHED);
        }
        return bytes;
    }

    /** Whatever is not, byte by byte, what would be written for its fields is none. */
    private static Optional<BackupHeader> parse(byte[] json) {
        try {
            BackupHeader header = JSON.readValue(json, BackupHeader.class);
            return Arrays.equals(header.json(), json) ? Optional.of(header) : Optional.empty();
        } catch (IOException | RuntimeException _) {
            return Optional.empty(); // a field that is missing shows when the record is made
        }
    }

    private byte[] json() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers cannot be written as JSON", e);
        }
    }

    private static String wholeSeconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
