package dev.bulkhead.operator.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.BackupRoot;
import dev.bulkhead.operator.secret.KnownTenantKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/** Backups in memory, and what becomes of reading them. */
final class BackupFiles {
    static final SecureRandom RANDOM = new SecureRandom();
    static final int CHUNK = 65536;
    static final int SEALED = CHUNK + 16;
    static final int KEY_VERSION = 7;
    static final Instant CREATED = Instant.parse("2026-11-30T02:00:00Z");
    static final String SERVER = "PostgreSQL 18.6";
    static final BackupName NAME =
            new BackupName(new TenantIdentity("0b5f3f0e-6a7c-4f0e-9d5e-1c2d3e4f5a6b"), "b-20261130-0200");

    private BackupFiles() {}

    /** How reading a file failed, and how many bytes were handed out before. */
    record Refused(int handedOut, BackupRefusedException refusal) {
        BackupFault fault() {
            return refusal.fault();
        }
    }

    static BackupRoot newRoot() {
        byte[] salt = new byte[32];
        RANDOM.nextBytes(salt);
        return KnownTenantKey.newRoot(KEY_VERSION, 0x80, salt);
    }

    static Optional<BackupRoot> root(int version, byte[] salt) {
        return version == KEY_VERSION ? Optional.of(KnownTenantKey.root(version, 0x80, salt)) : Optional.empty();
    }

    static BackupWriter begin(OutputStream out) throws IOException {
        try (BackupRoot root = newRoot()) {
            return BackupWriter.begin(out, NAME, SERVER, CREATED, root);
        }
    }

    static BackupReader open(InputStream in) throws IOException {
        return BackupReader.open(in, NAME, BackupFiles::root);
    }

    static byte[] file(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BackupWriter writer = begin(out)) {
            writer.write(content);
            writer.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Reads a file that must be refused; what was handed out before has to be the beginning of the truth. */
    static Refused refused(byte[] file, byte[] truth) {
        ByteArrayOutputStream handedOut = new ByteArrayOutputStream();
        try (BackupReader reader = open(new ByteArrayInputStream(file))) {
            reader.transferTo(handedOut);
        } catch (BackupRefusedException e) {
            byte[] bytes = handedOut.toByteArray();
            assertThat(Arrays.copyOf(truth, bytes.length)).isEqualTo(bytes);
            return new Refused(bytes.length, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("the end was reported");
    }

    /** Looks random, and is the same for every call. */
    static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    /** Where the chunks begin: behind magic, length, JSON and commitment. */
    static int headBytes(byte[] file) {
        return 8 + ByteBuffer.wrap(file).getInt(4) + 32;
    }

    static byte[] head(byte[] file) {
        return Arrays.copyOf(file, headBytes(file));
    }

    static byte[] chunk(byte[] file, int index) {
        int from = headBytes(file) + index * SEALED;
        return Arrays.copyOfRange(file, from, Math.min(from + SEALED, file.length));
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
