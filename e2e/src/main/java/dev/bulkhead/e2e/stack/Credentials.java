package dev.bulkhead.e2e.stack;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * The random passwords and keys of one stack, kept in its state.
 *
 * @param objectStoreKeys what the S3 server's parts sign and encrypt with
 */
record Credentials(
        String postgresSuperuserPassword,
        String postgresOperatorPassword,
        String objectStoreAccessKey,
        String objectStoreSecretKey,
        ObjectStoreKeys objectStoreKeys) {
    /** Refuses what an earlier version wrote, which had fewer. */
    Credentials {
        Objects.requireNonNull(objectStoreKeys, "objectStoreKeys");
    }

    /**
     * Keys that no client of S3 has.
     *
     * @param filerWrite signs requests that change files or accounts, the operator's too
     * @param encryption wraps the keys of objects, 32 bytes in hexadecimal digits
     */
    record ObjectStoreKeys(
            String filerWrite, String filerRead, String volumeWrite, String volumeRead, String encryption) {
        @Override
        public String toString() {
            return "ObjectStoreKeys[hidden]";
        }
    }

    /** {@code random} must be fit for secrets. */
    static Credentials choose(RandomGenerator random) {
        return new Credentials(
                password(random),
                password(random),
                "BULKHEAD" + HexFormat.of().formatHex(bytes(random, 6)).toUpperCase(Locale.ROOT),
                password(random),
                new ObjectStoreKeys(
                        password(random),
                        password(random),
                        password(random),
                        password(random),
                        HexFormat.of().formatHex(bytes(random, 32))));
    }

    private static String password(RandomGenerator random) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(random, 24));
    }

    private static byte[] bytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return "Credentials[hidden]";
    }
}
