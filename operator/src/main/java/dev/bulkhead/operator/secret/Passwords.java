package dev.bulkhead.operator.secret;

import java.security.SecureRandom;

/** Credentials that the operator issues: 256 random bits, as measure 002-16 asks. */
public final class Passwords {
    /** Length of every password, in characters. */
    public static final int LENGTH = 43;

    private static final int RANDOM_BYTES = 32;

    private Passwords() {}

    /** 43 characters of base64url ({@code A-Z a-z 0-9 - _}): safe in URIs, SQL and XML without escaping. */
    public static String generate(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return Base64Url.encode(bytes);
    }
}
