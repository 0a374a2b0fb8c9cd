package dev.bulkhead.operator.database;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL keeps of a password: {@code SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>}. Made here, so
 * that the password itself never reaches the server's wire, log or statistics.
 */
final class ScramVerifier {
    private static final Pattern FORM =
            Pattern.compile("SCRAM-SHA-256\\$(\\d{1,7}):([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)");

    /** As PostgreSQL's own default; the passwords are 256 random bits, so more rounds would protect nothing. */
    private static final int ITERATIONS = 4096;

    private static final int SALT_BYTES = 16;
    private static final int MAX_ITERATIONS = 100_000;

    private ScramVerifier() {}

    /** A new verifier with a random salt. */
    static String of(char[] password, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return text(password, salt, ITERATIONS);
    }

    /**
     * Whether the stored verifier is of this password. A verifier of another kind (md5, none) is not; one whose rounds
     * would keep the operator busy is not either: a tenant can store what it likes for itself.
     */
    static boolean matches(@Nullable String stored, char[] password) {
        if (stored == null) {
            return false;
        }
        Matcher form = FORM.matcher(stored);
        if (!form.matches()) {
            return false;
        }
        int iterations = Integer.parseInt(form.group(1));
        byte[] salt;
        try {
            salt = Base64.getDecoder().decode(form.group(2));
        } catch (IllegalArgumentException _) {
            return false;
        }
        if (iterations < ITERATIONS || iterations > MAX_ITERATIONS || salt.length == 0) {
            return false;
        }
        return same(stored, text(password, salt, iterations));
    }

    /** Compares two verifiers in constant time. */
    static boolean same(String left, String right) {
        return MessageDigest.isEqual(
                left.getBytes(StandardCharsets.US_ASCII), right.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(char[] password, byte[] salt, int iterations) {
        ScramMechanism mechanism = ScramMechanism.SCRAM_SHA_256;
        byte[] salted = ScramFunctions.saltedPassword(
                mechanism, StringPreparation.POSTGRESQL_PREPARATION, password, salt, iterations);
        byte[] client = ScramFunctions.clientKey(mechanism, salted);
        byte[] stored = ScramFunctions.storedKey(mechanism, client);
        byte[] server = ScramFunctions.serverKey(mechanism, salted);
        Base64.Encoder base64 = Base64.getEncoder();
        String text = "SCRAM-SHA-256$" + iterations + ":" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(stored) + ":" + base64.encodeToString(server);
        Arrays.fill(salted, (byte) 0);
        Arrays.fill(client, (byte) 0);
        return text;
    }
}
