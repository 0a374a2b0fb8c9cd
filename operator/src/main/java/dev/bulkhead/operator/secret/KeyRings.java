package dev.bulkhead.operator.secret;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;

/**
 * Makes and loads key rings: the master keys, the operator's namespace, randomness and time, wired once.
 *
 * <p>A ring is one Kubernetes Secret of the keys namespace. The caller writes a new ring with <em>create</em>,
 * never with apply, and changes one with the resource version it was read with: a ring that replaces another by
 * accident makes all that was sealed under the former one unreadable.
 */
public final class KeyRings {
    private final MasterKeys masterKeys;
    private final String namespace;
    private final SecureRandom random;
    private final Clock clock;

    /**
     * Wired by hand.
     *
     * @param operatorNamespace authenticated with everything in them, wherever the Secrets lie: a ring opens with the
     *     operator it was made for, and stays readable where it is moved to
     */
    public KeyRings(MasterKeys masterKeys, String operatorNamespace, SecureRandom random, Clock clock) {
        this.masterKeys = masterKeys;
        this.namespace = Frame.requireNotEmpty("namespace", operatorNamespace);
        this.random = random;
        this.clock = clock;
    }

    /**
     * A new ring: tenant key 1 and sealing key 1, freshly drawn, no credentials.
     *
     * @param secretName name of the Secret it will be stored in
     */
    public KeyRing create(String identity, String secretName) {
        return KeyRing.create(new KeyRing.RingPlace(identity, namespace, secretName), this);
    }

    /**
     * Loads a ring and checks every entry of it.
     *
     * @param secretName name of the Secret the data was read from
     * @param data the decoded data of that Secret
     */
    public KeyRingLoad load(String identity, String secretName, Map<String, byte[]> data) {
        return KeyRing.load(new KeyRing.RingPlace(identity, namespace, secretName), data, this);
    }

    MasterKeys masterKeys() {
        return masterKeys;
    }

    SecureRandom random() {
        return random;
    }

    long nowMillis() {
        return clock.millis();
    }
}
