package dev.bulkhead.operator.objectstore;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens as a SeaweedFS filer takes them from who administers its users: JWT, HS256, with nothing in them but their end. */
final class FilerToken {
    /** Two clocks may differ by that much. */
    private static final Duration LIFE = Duration.ofMinutes(5);

    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] key;
    private final Clock clock;

    FilerToken(String signingKey, Clock clock) {
        this.key = signingKey.getBytes(StandardCharsets.UTF_8);
        this.clock = clock;
    }

    /** One that is good from now on for some minutes. */
    String fresh() {
        String signed = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "."
                + encoded("{\"exp\":" + clock.instant().plus(LIFE).getEpochSecond() + "}");
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return signed + "."
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.US_ASCII));
    }
}
