package dev.bulkhead.operator.database;

import dev.bulkhead.operator.identity.TenantIdentity;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows to be in place, so that a tenant of which nothing changed costs no query. Lost with the
 * process; whoever is not in it is looked at.
 */
final class AppliedPlans {
    private final Map<TenantIdentity, Applied> applied = new ConcurrentHashMap<>();

    /** Fingerprints are worthless outside of this process. */
    private final SecretKeySpec key;

    AppliedPlans(SecureRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
        Arrays.fill(bytes, (byte) 0);
    }

    /**
     * What is known of one tenant.
     *
     * @param clean whether the last look found it as planned
     * @param password fingerprint of the password known to be in place; null: none is
     * @param verifier the verifier known to be of that password; null where it cannot be read
     */
    @SuppressWarnings("ArrayRecordComponent") // compared in constant time only
    record Applied(
            SchemaPlan plan,
            boolean clean,
            byte @Nullable [] password,
            @Nullable String verifier) {
        /** Whether the plan wants what is known; that what is there was made is then no news. */
        private boolean isFor(SchemaPlan wanted) {
            return plan.asMade().equals(wanted.asMade());
        }
    }

    /** Whether plan and password are known to be in place. */
    boolean inPlace(SchemaPlan plan, Credential credential) {
        Applied known = applied.get(plan.identity());
        return known != null && known.clean() && known.isFor(plan) && passwordKnown(known, credential);
    }

    /** Whether a plan that closes is known to be in place. */
    boolean closed(SchemaPlan plan) {
        Applied known = applied.get(plan.identity());
        return known != null && known.clean() && known.isFor(plan);
    }

    /** Whether this password is known to be in place. */
    boolean passwordKnown(TenantIdentity identity, Credential credential) {
        Applied known = applied.get(identity);
        return known != null && passwordKnown(known, credential);
    }

    /** What is known of the tenant. */
    @Nullable
    Applied of(TenantIdentity identity) {
        return applied.get(identity);
    }

    /** Plan and password are in place. */
    void applied(SchemaPlan plan, Credential credential, @Nullable String verifier) {
        applied.put(plan.identity(), new Applied(plan, true, fingerprint(credential), verifier));
    }

    /** The plan that closes is in place. */
    void closedNow(SchemaPlan plan) {
        applied.put(plan.identity(), new Applied(plan, true, null, null));
    }

    /** A sweep found the plan in place; of the password it knows no more than before. */
    void seenClean(SchemaPlan plan) {
        applied.compute(plan.identity(), (_, known) -> {
            if (known == null) {
                return new Applied(plan, true, null, null);
            }
            return known.isFor(plan) ? new Applied(plan, true, known.password(), known.verifier()) : known;
        });
    }

    /** Something is not as planned. */
    void drifted(TenantIdentity identity) {
        applied.computeIfPresent(
                identity, (_, known) -> new Applied(known.plan(), false, known.password(), known.verifier()));
    }

    /** The password in place is no longer the one that was given. */
    void passwordLost(TenantIdentity identity) {
        applied.computeIfPresent(identity, (_, known) -> new Applied(known.plan(), false, null, null));
    }

    /** Knows nothing of the tenant any more. */
    void forget(TenantIdentity identity) {
        applied.remove(identity);
    }

    private boolean passwordKnown(Applied known, Credential credential) {
        byte[] password = known.password();
        return password != null && MessageDigest.isEqual(password, fingerprint(credential));
    }

    private byte[] fingerprint(Credential credential) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(credential.username().getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            for (char character : credential.password()) {
                mac.update((byte) (character >> 8));
                mac.update((byte) character);
            }
            return mac.doFinal();
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
