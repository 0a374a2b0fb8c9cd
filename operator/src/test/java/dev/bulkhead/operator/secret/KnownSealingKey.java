package dev.bulkhead.operator.secret;

import java.security.SecureRandom;

/** A sealing key whose private half a test holds: opens what was sealed for it, as the operator would. */
public final class KnownSealingKey {
    private final String identity;
    private final int version;
    private final byte[] privateKey;

    /** A new one of that version for a tenant. */
    public KnownSealingKey(String identity, int version, SecureRandom random) {
        this.identity = identity;
        this.version = version;
        this.privateKey = Hpke.newPrivateKey(random);
    }

    /** What everybody may know. */
    public SealingPublicKey publicKey() {
        return new SealingPublicKey(identity, version, Base64Url.encode(Hpke.publicKey(privateKey)));
    }

    /** Opens a value sealed for the tenant. */
    public MessageOpening open(SealedValue.SealTarget target, String text) {
        return SealedValue.open(_ -> privateKey.clone(), identity, target, text);
    }
}
