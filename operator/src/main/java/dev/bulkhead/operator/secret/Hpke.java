package dev.bulkhead.operator.secret;

import java.security.SecureRandom;
import java.util.Optional;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.util.Arrays;

/**
 * The one HPKE suite in use, single shot, over Bouncy Castle: RFC 9180 base mode, DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256, AES-256-GCM. Keys are the raw 32 bytes of RFC 7748. The RFC says "X25519 shared secrets must be checked
 * for zero": weak shares are refused here before Bouncy Castle sees them.
 */
final class Hpke {
    static final int KEY_BYTES = 32;
    static final int ENC_BYTES = 32;
    static final int TAG_BYTES = 16;

    private Hpke() {}

    static byte[] newPrivateKey(SecureRandom random) {
        byte[] privateKey = new byte[KEY_BYTES];
        random.nextBytes(privateKey);
        return privateKey;
    }

    static byte[] publicKey(byte[] privateKey) {
        byte[] publicKey = new byte[KEY_BYTES];
        X25519.generatePublicKey(privateKey, 0, publicKey, 0);
        return publicKey;
    }

    /**
     * True for the points of low order, with which every private key gives the shared secret zero. Scalars are multiples
     * of 8 and the orders of these points divide 8, so one scalar answers for all.
     */
    static boolean isWeakShare(byte[] publicKey) {
        byte[] scalar = new byte[KEY_BYTES];
        return !X25519.calculateAgreement(scalar, 0, publicKey, 0, new byte[KEY_BYTES], 0);
    }

    /**
     * Seals to a public key, which must not be {@linkplain #isWeakShare weak}.
     *
     * @param ephemeralPrivateKey used for this message alone; zeroed by the caller
     * @return the sender's key share (32 bytes), the ciphertext, and the tag (16 bytes)
     */
    static byte[] seal(byte[] publicKey, byte[] info, byte[] aad, byte[] plaintext, byte[] ephemeralPrivateKey) {
        HPKEContextWithEncapsulation sender =
                suite().setupBaseS(new X25519PublicKeyParameters(publicKey), info, keyPair(ephemeralPrivateKey));
        try {
            return Arrays.concatenate(sender.getEncapsulation(), sender.seal(aad, plaintext));
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("HPKE cannot encrypt here", e);
        }
    }

    /** The plaintext, or empty when key, info, associated data, share and ciphertext do not fit together. */
    static Optional<byte[]> open(byte[] privateKey, byte[] info, byte[] aad, byte[] enc, byte[] ciphertext) {
        if (isWeakShare(enc)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    suite().setupBaseR(enc, keyPair(privateKey), info).open(aad, ciphertext));
        } catch (InvalidCipherTextException _) {
            return Optional.empty();
        }
    }

    /** Not shared: Bouncy Castle does not say that it may be used by several threads. */
    private static HPKE suite() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }

    private static AsymmetricCipherKeyPair keyPair(byte[] privateKey) {
        X25519PrivateKeyParameters parameters = new X25519PrivateKeyParameters(privateKey);
        return new AsymmetricCipherKeyPair(parameters.generatePublicKey(), parameters);
    }
}
