package dev.bulkhead.operator.secret;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.api.v1beta1.TombstoneSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * TSR1: copies of key rings, encrypted to a recovery key. The rings in it are as they lie in the cluster, wrapped by the
 * master key, which is not in it.
 *
 * <pre>
 * "TSR1" LF | header, one line of JSON | LF | enc 32 | ciphertext | tag 16
 *
 * HPKE base mode (suite of TSH1), info = "bulkhead/v1/recovery", AAD = everything up to and including the second LF,
 * plaintext = JSON {"rings": [...]}
 * </pre>
 *
 * @param header what can be read without a key, and is authentic once the file was opened
 * @param rings in the order of the header's identities
 */
public record RecoveryFile(Header header, List<Ring> rings) {
    private static final byte[] MAGIC = "TSR1\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] INFO = "bulkhead/v1/recovery".getBytes(StandardCharsets.US_ASCII);
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Makes the list immutable. */
    public RecoveryFile {
        rings = List.copyOf(rings);
    }

    /**
     * What anybody can read: no names, for the list of customers is nobody's business where backups lie.
     *
     * @param copy id of this copy, as each ring in it lists it
     * @param created RFC 3339
     * @param recoveryKey id of the key it is encrypted to
     * @param namespace of the operator; the rings open with an operator in a namespace of that name only
     * @param identities of the tenants in it
     */
    public record Header(String copy, String created, String recoveryKey, String namespace, List<String> identities) {
        /** Makes the list immutable. */
        public Header {
            identities = List.copyOf(identities);
        }
    }

    /**
     * One key ring.
     *
     * @param identity of the tenant
     * @param tenant name of the Tenant, to which alone the data may be given back
     * @param profile the Tenant's, where known
     * @param deletedAt when the Tenant was removed, where it was
     * @param decided what was decided about data left behind, such as a legal hold
     * @param state the record of the tenant's state, with this copy in it
     * @param data the Secret's data, base64
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Ring(
            String identity,
            String tenant,
            @Nullable String profile,
            @Nullable String deletedAt,
            @Nullable TombstoneSpec decided,
            String state,
            SortedMap<String, String> data) {
        /** Copies the map. */
        public Ring {
            data = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(data));
        }
    }

    private record Content(List<Ring> rings) {}

    /** What came of reading a file. */
    public sealed interface RecoveryReading {
        /** It was opened, and is as it was written. */
        record Opened(RecoveryFile file) implements RecoveryReading {}

        /** Nothing of it may be used; the message is a sentence part that says why and what to do. */
        record Refused(String message) implements RecoveryReading {}
    }

    /** The bytes of the file. */
    public byte[] seal(RecoveryKey.Public key, SecureRandom random) {
        byte[] ephemeral = Hpke.newPrivateKey(random);
        try {
            byte[] head = new Frame()
                    .raw(MAGIC)
                    .raw(JSON.writeValueAsBytes(header))
                    .raw(new byte[] {'\n'})
                    .bytes();
            byte[] body = Hpke.seal(key.bytes(), INFO, head, JSON.writeValueAsBytes(new Content(rings)), ephemeral);
            return new Frame().raw(head).raw(body).bytes();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts cannot be written as JSON", e);
        } finally {
            Arrays.fill(ephemeral, (byte) 0);
        }
    }

    /** Opens a file. */
    public static RecoveryReading open(byte[] file, RecoveryKey.Private key) {
        if (!startsWith(file, MAGIC)) {
            return new RecoveryReading.Refused("is not a copy of key rings: it does not begin with TSR1");
        }
        int end = endOfHeader(file);
        Header header = end < 0 ? null : header(file, end).orElse(null);
        if (header == null) {
            return new RecoveryReading.Refused(
                    "has a header that cannot be read: it was changed or cut short; use another copy");
        }
        String own = key.publicHalf().id();
        if (!own.equals(header.recoveryKey())) {
            return new RecoveryReading.Refused("is encrypted to recovery key " + header.recoveryKey()
                    + ", and the key given is " + own + "; give the private half of " + header.recoveryKey());
        }
        int body = end + 1;
        if (file.length < body + Hpke.ENC_BYTES + Hpke.TAG_BYTES) {
            return new RecoveryReading.Refused("was cut short; use another copy");
        }
        Optional<byte[]> content = Hpke.open(
                key.bytes(),
                INFO,
                Arrays.copyOf(file, body),
                Arrays.copyOfRange(file, body, body + Hpke.ENC_BYTES),
                Arrays.copyOfRange(file, body + Hpke.ENC_BYTES, file.length));
        return content.<RecoveryReading>map(bytes -> read(header, bytes))
                .orElseGet(() -> new RecoveryReading.Refused(
                        "was changed or cut short after it was written; nothing of it was used. Use another copy"));
    }

    private static RecoveryReading read(Header header, byte[] content) {
        try {
            RecoveryFile opened = new RecoveryFile(
                    header, JSON.readValue(content, Content.class).rings());
            boolean whole = opened.rings().stream().map(Ring::identity).toList().equals(header.identities());
            return whole
                    ? new RecoveryReading.Opened(opened)
                    : new RecoveryReading.Refused("holds other rings than its header says; use another copy");
        } catch (IOException | RuntimeException _) {
            return new RecoveryReading.Refused("was written by another version and cannot be read by this one");
        }
    }

    private static Optional<Header> header(byte[] file, int end) {
        try {
            return Optional.of(JSON.readValue(Arrays.copyOfRange(file, MAGIC.length, end), Header.class));
        } catch (IOException | RuntimeException _) {
            return Optional.empty(); // a field that is missing shows when the record is made
        }
    }

    /** Position of the LF after the header, or -1. */
    private static int endOfHeader(byte[] file) {
        for (int i = MAGIC.length; i < file.length; i++) {
            if (file[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static boolean startsWith(byte[] file, byte[] prefix) {
        return file.length >= prefix.length && Arrays.equals(file, 0, prefix.length, prefix, 0, prefix.length);
    }
}
