package dev.bulkhead.operator.database;

import dev.bulkhead.operator.identity.TenantIdentity;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
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
    private final Map<TenantIdentity, AppliedSchema> applied = new ConcurrentHashMap<>();

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
     * @param passwords by login; one that is missing is not known to be in place
     */
    record AppliedSchema(SchemaPlan plan, boolean clean, Map<String, KnownPassword> passwords) {
        AppliedSchema {
            passwords = Map.copyOf(passwords);
        }

        /** Whether the plan wants what is known; that what is there was made is then no news. */
        private boolean isFor(SchemaPlan wanted) {
            return plan.asMade().equals(wanted.asMade());
        }
    }

    /**
     * A password known to be in place.
     *
     * @param fingerprint of the password
     * @param verifier the verifier known to be of that password; null where it cannot be read
     */
    @SuppressWarnings("ArrayRecordComponent") // compared in constant time only
    record KnownPassword(byte[] fingerprint, @Nullable String verifier) {}

    /** Whether plan and passwords are known to be in place. */
    boolean inPlace(SchemaPlan plan, Collection<Credential> logins) {
        AppliedSchema known = applied.get(plan.identity());
        return known != null
                && known.clean()
                && known.isFor(plan)
                && logins.stream().allMatch(login -> passwordKnown(known, login));
    }

    /** Whether the plan is known not to be in place: the tenant was never made, or by another plan. */
    boolean differs(SchemaPlan plan) {
        AppliedSchema known = applied.get(plan.identity());
        return known == null ? !plan.made() : known.clean() && !known.isFor(plan);
    }

    /** Whether a plan that closes is known to be in place. */
    boolean closed(SchemaPlan plan) {
        AppliedSchema known = applied.get(plan.identity());
        return known != null && known.clean() && known.isFor(plan);
    }

    /** Whether this password is known to be in place. */
    boolean passwordKnown(TenantIdentity identity, Credential credential) {
        AppliedSchema known = applied.get(identity);
        return known != null && passwordKnown(known, credential);
    }

    /** What is known of the tenant. */
    @Nullable
    AppliedSchema of(TenantIdentity identity) {
        return applied.get(identity);
    }

    /**
     * Plan and passwords are in place.
     *
     * @param verifiers of the logins, where they can be read
     */
    void applied(SchemaPlan plan, Collection<Credential> logins, Map<String, String> verifiers) {
        Map<String, KnownPassword> passwords = new HashMap<>();
        for (Credential login : logins) {
            passwords.put(login.username(), new KnownPassword(fingerprint(login), verifiers.get(login.username())));
        }
        applied.put(plan.identity(), new AppliedSchema(plan, true, passwords));
    }

    /** The world is on its way to this plan: until it is there, nothing is known to be in place. */
    void begun(SchemaPlan plan) {
        applied.compute(
                plan.identity(),
                (_, known) -> new AppliedSchema(plan, false, known == null ? Map.of() : known.passwords()));
    }

    /** The plan that closes is in place. */
    void closedNow(SchemaPlan plan) {
        applied.put(plan.identity(), new AppliedSchema(plan, true, Map.of()));
    }

    /** A sweep found the plan in place; of the password it knows no more than before. */
    void seenClean(SchemaPlan plan) {
        applied.compute(plan.identity(), (_, known) -> {
            if (known == null) {
                return new AppliedSchema(plan, true, Map.of());
            }
            return known.isFor(plan) ? new AppliedSchema(plan, true, known.passwords()) : known;
        });
    }

    /** Something is not as planned. */
    void drifted(TenantIdentity identity) {
        applied.computeIfPresent(identity, (_, known) -> new AppliedSchema(known.plan(), false, known.passwords()));
    }

    /** The passwords in place are no longer the ones that were given. */
    void passwordLost(TenantIdentity identity) {
        applied.computeIfPresent(identity, (_, known) -> new AppliedSchema(known.plan(), false, Map.of()));
    }

    /** Knows nothing of the tenant any more. */
    void forget(TenantIdentity identity) {
        applied.remove(identity);
    }

    private boolean passwordKnown(AppliedSchema known, Credential credential) {
        KnownPassword password = known.passwords().get(credential.username());
        return password != null && MessageDigest.isEqual(password.fingerprint(), fingerprint(credential));
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
