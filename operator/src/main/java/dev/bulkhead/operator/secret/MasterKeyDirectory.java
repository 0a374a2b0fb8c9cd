package dev.bulkhead.operator.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads a directory of master keys: one file per key, named by its id ({@code mk-1}, {@code mk-2}), holding 32 raw bytes
 * or their base64 (44 characters, one line break after it allowed). The file {@code current}, when there, names the id
 * that new wraps use; otherwise it is the one with the highest number. Names that begin with a dot are not looked at
 * (Kubernetes mounts Secrets through such links); any other name is an error, because a key that is silently ignored is
 * found missing when it is needed.
 */
final class MasterKeyDirectory {
    static final int KEY_BYTES = 32;
    private static final String CURRENT = "current";
    private static final int BASE64_CHARS = 44;
    private static final int MAX_FILE_BYTES = 128;

    private MasterKeyDirectory() {}

    /** The keys by id, and the id of the one that new wraps use. The arrays belong to the caller. */
    record MountedKeys(SortedMap<String, byte[]> keys, String currentId) {
        MountedKeys {
            keys = Collections.unmodifiableSortedMap(keys);
        }

        void zero() {
            keys.values().forEach(key -> Arrays.fill(key, (byte) 0));
        }

        @Override
        public String toString() {
            return "Contents[keys=" + keys.keySet() + ", currentId=" + currentId + "]";
        }
    }

    static MountedKeys read(Path directory) throws MasterKeysUnusableException {
        SortedMap<String, byte[]> keys = new TreeMap<>();
        boolean complete = false;
        try {
            String named = "";
            for (Path file : files(directory)) {
                String name = file.getFileName().toString();
                if (name.equals(CURRENT)) {
                    named = new String(content(file), StandardCharsets.US_ASCII).strip();
                } else {
                    keys.put(requireId(name, file), key(file));
                }
            }
            MountedKeys contents = new MountedKeys(keys, current(directory, keys, named));
            complete = true;
            return contents;
        } catch (IOException e) {
            throw new MasterKeysUnusableException(
                    "Master key directory " + directory + " cannot be read ("
                            + e.getClass().getSimpleName() + "). Check the mount and its permissions.",
                    e);
        } finally {
            if (!complete) {
                keys.values().forEach(key -> Arrays.fill(key, (byte) 0));
            }
        }
    }

    private static List<Path> files(Path directory) throws IOException, MasterKeysUnusableException {
        if (!Files.isDirectory(directory)) {
            throw new MasterKeysUnusableException("Master key directory " + directory
                    + " does not exist. Mount it with at least one file, for example mk-1, of 32 random bytes.");
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static String requireId(String name, Path file) throws MasterKeysUnusableException {
        if (!WrappedTenantKey.MASTER_KEY_ID.matcher(name).matches()) {
            throw new MasterKeysUnusableException("Master key file " + file
                    + " has a name that is no key id. Rename it to lower-case letters, a hyphen and a number, for example"
                    + " mk-1, or take it out of the directory.");
        }
        return name;
    }

    private static byte[] key(Path file) throws IOException, MasterKeysUnusableException {
        byte[] content = content(file);
        byte[] key = content.length == KEY_BYTES ? content.clone() : fromBase64(content);
        int length = content.length;
        Arrays.fill(content, (byte) 0);
        if (key.length != KEY_BYTES) {
            Arrays.fill(key, (byte) 0);
            throw new MasterKeysUnusableException("Master key file " + file + " has " + length
                    + " bytes of a kind that is no key. It must hold exactly 32 raw bytes, or 44 characters of base64"
                    + " (openssl rand -base64 32).");
        }
        if (Arrays.equals(key, new byte[KEY_BYTES])) {
            throw new MasterKeysUnusableException(
                    "Master key file " + file + " holds only zeroes. Fill it with 32 random bytes.");
        }
        return key;
    }

    /** Empty when it is not the base64 of 32 bytes, followed by at most one line break. */
    private static byte[] fromBase64(byte[] content) {
        int end = content.length;
        if (end > 0 && content[end - 1] == '\n') {
            end--;
            if (end > 0 && content[end - 1] == '\r') {
                end--;
            }
        }
        if (end != BASE64_CHARS) {
            return new byte[0];
        }
        byte[] text = Arrays.copyOf(content, end);
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            return new byte[0];
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private static byte[] content(Path file) throws IOException, MasterKeysUnusableException {
        if (!Files.isRegularFile(file)) {
            throw new MasterKeysUnusableException(
                    "Master key directory entry " + file + " is not a file. Take it out of the directory.");
        }
        long size = Files.size(file);
        if (size > MAX_FILE_BYTES) {
            throw new MasterKeysUnusableException("Master key file " + file + " has " + size
                    + " bytes. It must hold exactly 32 raw bytes, or 44 characters of base64.");
        }
        return Files.readAllBytes(file);
    }

    private static String current(Path directory, SortedMap<String, byte[]> keys, String named)
            throws MasterKeysUnusableException {
        if (keys.isEmpty()) {
            throw new MasterKeysUnusableException("Master key directory " + directory
                    + " holds no key. Put at least one file there, for example mk-1, of 32 random bytes.");
        }
        if (!named.isEmpty()) {
            if (!keys.containsKey(named)) {
                throw new MasterKeysUnusableException("File " + directory.resolve(CURRENT)
                        + " names a master key that is not in the directory, which holds " + keys.keySet() + ".");
            }
            return named;
        }
        int highest = keys.keySet().stream()
                .mapToInt(MasterKeyDirectory::number)
                .max()
                .orElseThrow();
        List<String> candidates =
                keys.keySet().stream().filter(id -> number(id) == highest).toList();
        if (candidates.size() > 1) {
            throw new MasterKeysUnusableException("Master keys " + candidates + " in " + directory
                    + " have the same number. Name the one to use in a file " + CURRENT + ".");
        }
        return candidates.getFirst();
    }

    private static int number(String id) {
        return Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
    }
}
