package dev.bulkhead.e2e.stack;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** The random passwords and keys of one stack, kept in its state. */
record Credentials(
        String postgresSuperuserPassword,
        String postgresOperatorPassword,
        String objectStoreAccessKey,
        String objectStoreSecretKey) {

    /** {@code random} must be fit for secrets. */
    static Credentials choose(RandomGenerator random) {
        return new Credentials(
                password(random),
                password(random),
                "BULKHEAD" + HexFormat.of().formatHex(bytes(random, 6)).toUpperCase(Locale.ROOT),
                password(random));
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
