package dev.bulkhead.operator.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.BackupRoot;
import dev.bulkhead.operator.secret.FixedRandom;
import dev.bulkhead.operator.secret.KnownTenantKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * Files that must open for ever, and that today's code must write byte by byte from the same inputs. A change here is a new
 * format with a new name, never a new expectation. {@link #decrypted} is written from {@code docs/backup-format.md} alone and
 * uses nothing of ours; the Python program in that page opened the same files when they were made.
 */
class BackupFormatTest {
    private static final String IDENTITY = "0b5f3f0e-6a7c-4f0e-9d5e-1c2d3e4f5a6b";
    private static final String LONG_SHA256 = "e3316f87fdb25b8528894e29035f61920c261373172ef75de3da6574a920d2e8";
    private static final byte[] SHORT = "Fichten rauschen 42".getBytes(UTF_8);

    @Test
    void the_short_file_is_written_and_read_as_ever() throws Exception {
        byte[] golden = HexFormat.of().parseHex(goldenHex().replaceAll("\\s", ""));
        assertThat(HexFormat.of().formatHex(written("b-20261130-0200", SHORT)))
                .isEqualTo(HexFormat.of().formatHex(golden));
        assertThat(read("b-20261130-0200", golden)).isEqualTo(SHORT);
        assertThat(decrypted(golden, tenantKey())).isEqualTo(SHORT);
    }

    /** A full chunk and one byte; the page says its SHA-256. */
    @Test
    void the_long_file_is_written_and_read_as_ever() throws Exception {
        byte[] content = counting(65_537);
        byte[] file = written("b-20261130-0300", content);
        assertThat(sha256(file)).isEqualTo(LONG_SHA256);
        assertThat(read("b-20261130-0300", file)).isEqualTo(content);
        assertThat(decrypted(file, tenantKey())).isEqualTo(content);
    }

    @Test
    void the_other_implementation_reads_every_shape() throws Exception {
        for (int length : new int[] {0, 1, 65_535, 65_536, 65_537, 131_072, 200_000}) {
            byte[] content = BackupFiles.content(length);
            assertThat(decrypted(BackupFiles.file(content), tenantKey())).isEqualTo(content);
        }
    }

    @Test
    void the_page_shows_these_very_files() throws IOException {
        assertThat(Files.readString(Path.of("../docs/backup-format.md")))
                .contains(goldenHex())
                .contains(LONG_SHA256);
    }

    // ---- the other implementation

    private static byte[] decrypted(byte[] file, byte[] tenantKey) throws GeneralSecurityException {
        assertThat(new String(file, 0, 4, US_ASCII)).isEqualTo("TSB1");
        int headerBytes = 8 + new BigInteger(1, Arrays.copyOfRange(file, 4, 8)).intValueExact();
        String json = new String(file, 8, headerBytes - 8, US_ASCII);
        byte[] prk = hmac(Base64.getDecoder().decode(field("salt", json)), tenantKey);
        String id = field("backupId", json);
        // One block of HKDF-Expand is all that 32 bytes need.
        byte[] key = hmac(prk, ("bulkhead/v1/backup/" + id + "\u0001").getBytes(US_ASCII));
        byte[] commit = hmac(prk, ("bulkhead/v1/backup-commit/" + id + "\u0001").getBytes(US_ASCII));
        assertThat(Arrays.copyOfRange(file, headerBytes, headerBytes + 32)).isEqualTo(commit);
        byte[] aad = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(file, headerBytes));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        int at = headerBytes + 32;
        for (int i = 0; at < file.length; i++) {
            int end = Math.min(at + 65_552, file.length);
            byte[] nonce = new byte[12];
            nonce[9] = (byte) (i >> 8);
            nonce[10] = (byte) i;
            nonce[11] = (byte) (end == file.length ? 1 : 0);
            Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
            aes.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
            aes.updateAAD(aad);
            content.writeBytes(aes.doFinal(file, at, end - at));
            at = end;
        }
        return content.toByteArray();
    }

    private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }

    private static String field(String name, String json) {
        Matcher field = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        assertThat(field.find()).isTrue();
        return field.group(1);
    }

    // ---- ours

    private static byte[] written(String id, byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] salt = new byte[32];
        new FixedRandom(id).nextBytes(salt);
        try (BackupRoot root = KnownTenantKey.newRoot(7, 0x80, salt);
                BackupWriter writer =
                        BackupWriter.begin(out, name(id), BackupFiles.SERVER, BackupFiles.CREATED, root)) {
            writer.write(content);
            writer.finish();
        }
        return out.toByteArray();
    }

    private static byte[] read(String id, byte[] file) throws IOException {
        try (BackupReader reader = BackupReader.open(new ByteArrayInputStream(file), name(id), BackupFiles::root)) {
            return reader.readAllBytes();
        }
    }

    private static BackupName name(String id) {
        return new BackupName(new TenantIdentity(IDENTITY), id);
    }

    private static byte[] tenantKey() {
        return HexFormat.of().parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % 251);
        }
        return bytes;
    }

    private static String sha256(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static String goldenHex() throws IOException {
        try (InputStream file = BackupFormatTest.class.getResourceAsStream("tsb1.hex")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), US_ASCII);
        }
    }
}
