package dev.bulkhead.operator.secret;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.KEM;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpkeTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The CFRG's test vectors for RFC 9180: mode 0, kem 0x0020, kdf 0x0001, aead 0x0002, encryption number 0. */
    @Test
    void sealing_gives_the_bytes_of_the_rfc_9180_vector() {
        byte[] sealed = Hpke.seal(
                hex("430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c"),
                hex("4f6465206f6e2061204772656369616e2055726e"),
                hex("436f756e742d30"),
                hex("4265617574792069732074727574682c20747275746820626561757479"),
                hex("179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11"));
        assertThat(sealed)
                .isEqualTo(
                        hex(
                                "6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256"
                                        + "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a"));
    }

    @Test
    void opening_gives_the_plaintext_of_the_rfc_9180_vector() {
        assertThat(
                        Hpke.open(
                                hex("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d"),
                                hex("4f6465206f6e2061204772656369616e2055726e"),
                                hex("436f756e742d30"),
                                hex("6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256"),
                                hex(
                                        "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a")))
                .hasValue(hex("4265617574792069732074727574682c20747275746820626561757479"));
    }

    /** RFC 7748, section 6.1. */
    @Test
    void public_keys_are_those_of_rfc_7748() {
        assertThat(Hpke.publicKey(hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")))
                .isEqualTo(hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
    }

    /** Two implementations that share no code agree: Bouncy Castle here, and the JDK's KEM, KDF and cipher. */
    @Property(tries = 100)
    void the_jdk_opens_what_bouncy_castle_sealed(
            @ForAll @Size(max = 200) byte[] plaintext, @ForAll byte[] info, @ForAll byte[] aad)
            throws GeneralSecurityException {
        byte[] privateKey = Hpke.newPrivateKey(RANDOM);
        byte[] sealed = Hpke.seal(Hpke.publicKey(privateKey), info, aad, plaintext, Hpke.newPrivateKey(RANDOM));
        assertThat(JdkHpke.open(privateKey, info, aad, sealed)).isEqualTo(plaintext);
    }

    @Property(tries = 100)
    void bouncy_castle_opens_what_the_jdk_sealed(
            @ForAll @Size(max = 200) byte[] plaintext, @ForAll byte[] info, @ForAll byte[] aad)
            throws GeneralSecurityException {
        byte[] privateKey = Hpke.newPrivateKey(RANDOM);
        byte[] sealed = JdkHpke.seal(Hpke.publicKey(privateKey), info, aad, plaintext);
        assertThat(Hpke.open(
                        privateKey,
                        info,
                        aad,
                        Arrays.copyOf(sealed, 32),
                        Arrays.copyOfRange(sealed, 32, sealed.length)))
                .hasValue(plaintext);
    }

    /** Every encoding of a point of low order, as Wycheproof lists them under ZeroSharedSecret. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000080",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            })
    void a_share_that_makes_the_shared_secret_zero_is_refused(String share) {
        assertThat(Hpke.isWeakShare(hex(share))).isTrue();
        assertThat(Hpke.open(Hpke.newPrivateKey(RANDOM), new byte[0], new byte[0], hex(share), new byte[64]))
                .isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SealingPublicKey("id", 1, Base64Url.encode(hex(share))))
                .withMessageContaining("weak");
    }

    @Test
    void bouncy_castle_refuses_the_zero_shared_secret_too() {
        assertThatThrownBy(() -> Hpke.seal(
                        new byte[32], new byte[0], new byte[0], "x".getBytes(UTF_8), Hpke.newPrivateKey(RANDOM)))
                .isInstanceOf(RuntimeException.class);
    }

    @Property(tries = 50)
    void an_honest_public_key_is_never_called_weak(@ForAll @Size(32) byte[] privateKey) {
        assertThat(Hpke.isWeakShare(Hpke.publicKey(privateKey))).isFalse();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    /** HPKE base mode, written from RFC 9180 section 5.1 over the JDK alone. */
    private static final class JdkHpke {
        private static final byte[] SUITE = concat("HPKE".getBytes(US_ASCII), hex("002000010002"));

        static byte[] seal(byte[] publicKey, byte[] info, byte[] aad, byte[] plaintext)
                throws GeneralSecurityException {
            KEM.Encapsulated encapsulated = KEM.getInstance("DHKEM")
                    .newEncapsulator(publicKey(publicKey))
                    .encapsulate();
            return concat(
                    encapsulated.encapsulation(),
                    aes(Cipher.ENCRYPT_MODE, encapsulated.key().getEncoded(), info, aad, plaintext));
        }

        static byte[] open(byte[] privateKey, byte[] info, byte[] aad, byte[] sealed) throws GeneralSecurityException {
            byte[] shared = KEM.getInstance("DHKEM")
                    .newDecapsulator(privateKey(privateKey))
                    .decapsulate(Arrays.copyOf(sealed, 32))
                    .getEncoded();
            return aes(Cipher.DECRYPT_MODE, shared, info, aad, Arrays.copyOfRange(sealed, 32, sealed.length));
        }

        private static byte[] aes(int mode, byte[] shared, byte[] info, byte[] aad, byte[] input)
                throws GeneralSecurityException {
            byte[] none = new byte[0];
            byte[] context = concat(
                    new byte[] {0}, labeledExtract(none, "psk_id_hash", none), labeledExtract(none, "info_hash", info));
            byte[] secret = labeledExtract(shared, "secret", none);
            byte[] key = labeledExpand(secret, "key", context, 32);
            byte[] nonce = labeledExpand(secret, "base_nonce", context, 12);
            return MessageKey.gcm(mode, key, nonce, aad, input);
        }

        private static byte[] labeledExtract(byte[] salt, String label, byte[] inputKey) {
            return MessageKey.extract(
                    salt, concat("HPKE-v1".getBytes(US_ASCII), SUITE, label.getBytes(US_ASCII), inputKey));
        }

        private static byte[] labeledExpand(byte[] prk, String label, byte[] info, int length) {
            byte[] labeled = concat(
                    new byte[] {0, (byte) length}, "HPKE-v1".getBytes(US_ASCII), SUITE, label.getBytes(US_ASCII), info);
            return MessageKey.expand(prk, labeled, length);
        }

        private static PublicKey publicKey(byte[] raw) throws GeneralSecurityException {
            byte[] bigEndian = org.bouncycastle.util.Arrays.reverse(raw);
            return KeyFactory.getInstance("X25519")
                    .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, bigEndian)));
        }

        private static PrivateKey privateKey(byte[] raw) throws GeneralSecurityException {
            return KeyFactory.getInstance("X25519")
                    .generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, raw));
        }

        private static byte[] concat(byte[]... parts) {
            return org.bouncycastle.util.Arrays.concatenate(parts);
        }
    }
}
