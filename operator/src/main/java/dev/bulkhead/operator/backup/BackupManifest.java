package dev.bulkhead.operator.backup;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.api.v1beta1.TenantSpec.Environment;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one backup consists of. It is written last, encrypted as the other files are: where there is none, there is no backup.
 * As JSON it has one text only: these fields in this order, no white space, null where there is nothing. The bytes stand in
 * {@code docs/backup-format.md}.
 *
 * @param version 1
 * @param identity of the tenant whose data it is
 * @param environment where that tenant lives; it is restored nowhere else
 * @param backupId id of the backup
 * @param base the backup with which an increment was compared; null for a full one
 * @param needs the backups in whose files something of this one lies; sorted, none for a full one
 * @param startedAt RFC 3339, UTC, whole seconds: it holds nothing that is newer
 * @param finishedAt likewise; by the same clock, which may have been set back in between
 * @param database null for a tenant without one
 * @param objects null for a tenant without a bucket
 * @param kubernetes null where none of the tenant's objects were to be saved
 * @param keyRing null where no copy of the tenant's keys was made with it
 * @param leftOut what is not in it and might be looked for
 */
@Pure
@JsonPropertyOrder({
    "version",
    "identity",
    "environment",
    "backupId",
    "kind",
    "base",
    "needs",
    "startedAt",
    "finishedAt",
    "database",
    "objects",
    "kubernetes",
    "keyRing",
    "leftOut"
})
public record BackupManifest(
        int version,
        String identity,
        Environment environment,
        String backupId,
        BackupKind kind,
        @Nullable String base,
        List<String> needs,
        String startedAt,
        String finishedAt,
        @Nullable SavedDatabase database,
        @Nullable SavedObjects objects,
        @Nullable SavedKubernetes kubernetes,
        @Nullable KeyRingCopy keyRing,
        List<LeftOut> leftOut) {
    /** The only one that there is. */
    public static final int VERSION = 1;

    static final int MAX_BYTES = 16 << 20;

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_SHOWN = 100;

    /** Refuses what no backup is. */
    public BackupManifest {
        needs = List.copyOf(needs);
        leftOut = List.copyOf(leftOut);
        BackupName name = new BackupName(new TenantIdentity(identity), backupId);
        require(version == VERSION, "a manifest has version 1");
        Objects.requireNonNull(environment);
        Objects.requireNonNull(kind);
        require((base == null) == (kind == BackupKind.Full), "an increment has a base, and a full backup none");
        if (base != null) {
            BackupName.requireId(base);
        }
        require(kind == BackupKind.Increment || needs.isEmpty(), "a full backup needs no other");
        needs.forEach(BackupName::requireId);
        requireSorted(needs, Function.identity());
        require(!needs.contains(backupId) && !backupId.equals(base), "a backup does not rest on itself");
        requireTime(startedAt);
        requireTime(finishedAt);
        Set<String> ids = new HashSet<>();
        files(database, objects, kubernetes)
                .forEach(file -> require(
                        ids.add(file.id()) && file.id().startsWith(name.id() + "-"),
                        "each file has an id of its own that begins with that of its backup"));
    }

    /**
     * What is saved of the tenant's schema.
     *
     * @param serverVersion of the server it came from, as in a header
     * @param schemaFingerprint of everything but the rows: 64 hexadecimal digits
     * @param tables sorted by name
     * @param sequences sorted by name
     * @param dump custom format of {@code pg_dump}; of the same snapshot as all that is counted here
     */
    @JsonPropertyOrder({"serverVersion", "schemaFingerprint", "tables", "sequences", "dump"})
    public record SavedDatabase(
            String serverVersion,
            String schemaFingerprint,
            List<TableRows> tables,
            List<SequenceValue> sequences,
            BackupFile dump) {
        /** Refuses what nobody would write so. */
        public SavedDatabase {
            tables = List.copyOf(tables);
            sequences = List.copyOf(sequences);
            BackupHeader.requireServerVersion(serverVersion);
            BackupFile.requireDigest(schemaFingerprint);
            requireSorted(tables, TableRows::name);
            requireSorted(sequences, SequenceValue::name);
        }
    }

    /** How many rows a table had. */
    @JsonPropertyOrder({"name", "rows"})
    public record TableRows(String name, long rows) {
        /** Refuses what nobody counts. */
        public TableRows {
            requireText(name);
            BackupFile.requireCount(rows);
        }
    }

    /**
     * Where a sequence stood.
     *
     * @param called whether the value was given out already
     */
    @JsonPropertyOrder({"name", "value", "called"})
    public record SequenceValue(String name, long value, boolean called) {
        /** Refuses a sequence without a name. */
        public SequenceValue {
            requireText(name);
        }
    }

    /**
     * What is saved of the tenant's bucket.
     *
     * @param serverVersion of the store it came from, as in a header
     * @param count how many objects the list has
     * @param bytes of all of them together
     * @param list of all objects, see {@link SavedObject}
     * @param contents bytes of those that were not in an earlier backup; their numbers in the list begin with 1
     */
    @JsonPropertyOrder({"serverVersion", "count", "bytes", "list", "contents"})
    public record SavedObjects(
            String serverVersion, long count, long bytes, BackupFile list, List<BackupFile> contents) {
        /** Refuses what nobody would write so. */
        public SavedObjects {
            contents = List.copyOf(contents);
            BackupHeader.requireServerVersion(serverVersion);
            BackupFile.requireCount(count);
            BackupFile.requireCount(bytes);
        }
    }

    /**
     * What is saved of the tenant's objects in Kubernetes.
     *
     * @param serverVersion of the API server they came from, as in a header
     * @param count how many
     */
    @JsonPropertyOrder({"serverVersion", "count", "file"})
    public record SavedKubernetes(String serverVersion, int count, BackupFile file) {
        /** Refuses what nobody would write so. */
        public SavedKubernetes {
            BackupHeader.requireServerVersion(serverVersion);
            BackupFile.requireCount(count);
        }
    }

    /**
     * The copy of the tenant's wrapped keys that was made for this backup. It lies elsewhere, and is listed on the ring.
     *
     * @param id of the copy
     * @param recoveryKey id of the key that opens it
     */
    @JsonPropertyOrder({"id", "recoveryKey"})
    public record KeyRingCopy(String id, String recoveryKey) {
        /** Refuses a copy that could not be found. */
        public KeyRingCopy {
            requireText(id);
            requireText(recoveryKey);
        }
    }

    /** Something that is not in a backup, and the reason. */
    @JsonPropertyOrder({"what", "why"})
    public record LeftOut(String what, String why) {
        /** Refuses half of it. */
        public LeftOut {
            requireText(what);
            requireText(why);
        }
    }

    /** Which backup it says it is. */
    public BackupName backup() {
        return new BackupName(new TenantIdentity(identity), backupId);
    }

    /** A time as it stands in a manifest. */
    public static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The JSON, UTF-8. */
    public byte[] bytes() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("half a character cannot be written as JSON", e);
        }
    }

    /**
     * Reads one.
     *
     * @param in its content, decrypted
     * @param wanted no other backup is taken
     * @param environment no backup of another one is taken
     * @throws ManifestRefusedException when it is another one, or none that this version reads
     */
    public static BackupManifest read(InputStream in, BackupName wanted, Environment environment) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new ManifestRefusedException(wanted, ManifestFault.TOO_LONG);
        }
        JsonNode json = tree(bytes, wanted);
        JsonNode version = json.path("version");
        if (!version.isIntegralNumber()) {
            throw new ManifestRefusedException(wanted, ManifestFault.DAMAGED);
        }
        if (!version.isInt() || version.intValue() != VERSION) {
            throw new ManifestRefusedException(wanted, ManifestFault.UNKNOWN_VERSION, shown(version.asText()));
        }
        requireSame("identity", wanted.tenant().value(), json, wanted, ManifestFault.OTHER_TENANT);
        requireSame("environment", environment.name(), json, wanted, ManifestFault.OTHER_ENVIRONMENT);
        requireSame("backupId", wanted.id(), json, wanted, ManifestFault.OTHER_BACKUP);
        try {
            BackupManifest manifest = JSON.treeToValue(json, BackupManifest.class);
            if (Arrays.equals(manifest.bytes(), bytes)) {
                return manifest;
            }
        } catch (UnrecognizedPropertyException e) {
            throw new ManifestRefusedException(wanted, ManifestFault.UNKNOWN_FIELD, shown(path(e)));
        } catch (JsonProcessingException | RuntimeException _) {
            // a field is missing or has another form
        }
        throw new ManifestRefusedException(wanted, ManifestFault.DAMAGED);
    }

    /** By the bytes of their UTF-8, as S3 lists keys. */
    static Comparator<String> byBytes() {
        return (one, other) ->
                Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    static void requireText(String text) {
        require(!text.isEmpty(), "a text is empty that must not be");
    }

    private static void requireTime(String text) {
        require(time(Instant.parse(text)).equals(text), "a time is RFC 3339, in UTC and whole seconds");
    }

    private static <T> void requireSorted(List<T> list, Function<T, String> name) {
        for (int i = 1; i < list.size(); i++) {
            require(
                    byBytes().compare(name.apply(list.get(i - 1)), name.apply(list.get(i))) < 0,
                    "names are sorted by the bytes of their UTF-8, and each stands once");
        }
    }

    private static void require(boolean so, String text) {
        if (!so) {
            throw new IllegalArgumentException(text);
        }
    }

    private static Stream<BackupFile> files(
            @Nullable SavedDatabase database, @Nullable SavedObjects objects, @Nullable SavedKubernetes kubernetes) {
        Stream.Builder<BackupFile> files = Stream.builder();
        if (database != null) {
            files.add(database.dump());
        }
        if (objects != null) {
            files.add(objects.list());
            objects.contents().forEach(files::add);
        }
        if (kubernetes != null) {
            files.add(kubernetes.file());
        }
        return files.build();
    }

    private static JsonNode tree(byte[] bytes, BackupName wanted) throws IOException {
        try {
            JsonNode json = JSON.readTree(bytes);
            if (json != null && json.isObject()) {
                return json;
            }
        } catch (JsonProcessingException _) {
            // the same as another kind of JSON
        }
        throw new ManifestRefusedException(wanted, ManifestFault.DAMAGED);
    }

    private static void requireSame(
            String field, String expected, JsonNode json, BackupName wanted, ManifestFault otherwise)
            throws ManifestRefusedException {
        JsonNode found = json.path(field);
        if (!found.isTextual()) {
            throw new ManifestRefusedException(wanted, ManifestFault.DAMAGED);
        }
        if (!found.textValue().equals(expected)) {
            throw new ManifestRefusedException(wanted, otherwise, shown(found.textValue()));
        }
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(at -> at.getFieldName() == null ? "[" + at.getIndex() + "]" : "." + at.getFieldName())
                .collect(Collectors.joining())
                .substring(1);
    }

    /** Short, and nothing that could pass for another line or sentence. */
    private static String shown(String text) {
        String plain = text.replaceAll("[^A-Za-z0-9._\\[\\]-]", "?");
        return plain.length() <= MAX_SHOWN ? plain : plain.substring(0, MAX_SHOWN) + "…";
    }
}
