package dev.bulkhead.operator.objectstore;

import java.security.SecureRandom;
import java.util.Base64;

/** Secrets of keys that live for one trial and are known to nobody else. */
final class TrialSecret {
    private static final int BYTES = 30;

    private TrialSecret() {}

    /** A new one each time. */
    static String fresh() {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
}
