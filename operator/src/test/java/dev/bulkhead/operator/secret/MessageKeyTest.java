package dev.bulkhead.operator.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.crypto.Cipher;
import org.bouncycastle.util.Arrays;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MessageKeyTest {
    private static final byte[] ROOT = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
    private static final byte[] SALT = new byte[MessageKey.SALT_BYTES];
    private static final byte[] AAD = "place".getBytes(UTF_8);
    private static final byte[] PLAINTEXT = "s3cr3t".getBytes(UTF_8);

    /** RFC 5869, appendix A: the three test cases with SHA-256. */
    @ParameterizedTest
    @CsvSource(
            emptyValue = "",
            value = {
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b, 000102030405060708090a0b0c, f0f1f2f3f4f5f6f7f8f9,"
                        + " 077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5,"
                        + " 3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                        + "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
                        + "404142434445464748494a4b4c4d4e4f,"
                        + " 606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
                        + "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
                        + "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf,"
                        + " b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
                        + "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
                        + "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff,"
                        + " 06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244,"
                        + " b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                        + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                        + "cc30c58179ec3e87c14c01d5c1f3434f1d87",
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b, '', '',"
                        + " 19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04,"
                        + " 8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
            })
    void hkdf_gives_the_outputs_of_rfc_5869(String inputKey, String salt, String info, String prk, String output) {
        byte[] extracted = MessageKey.extract(bytes(salt), bytes(inputKey));
        assertThat(extracted).isEqualTo(bytes(prk));
        assertThat(MessageKey.expand(extracted, bytes(info), output.length() / 2))
                .isEqualTo(bytes(output));
    }

    /** All tests of Wycheproof that fit our parameters, the invalid ones included (measure 000-08). */
    @ParameterizedTest
    @MethodSource("wycheproof")
    void aes_256_gcm_gives_the_answers_of_wycheproof(JsonNode test) throws GeneralSecurityException {
        byte[] ciphertext = Arrays.concatenate(hex(test, "ct"), hex(test, "tag"));
        if (test.path("result").asText().equals("valid")) {
            assertThat(gcm(Cipher.ENCRYPT_MODE, test, hex(test, "msg"))).isEqualTo(ciphertext);
            assertThat(gcm(Cipher.DECRYPT_MODE, test, ciphertext)).isEqualTo(hex(test, "msg"));
        } else {
            assertThat(refuses(test, ciphertext)).isTrue();
        }
    }

    static Stream<Arguments> wycheproof() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(MessageKeyTest.class.getResourceAsStream("wycheproof-aes-256-gcm.json"))) {
            JsonNode tests = new ObjectMapper().readTree(in).path("tests");
            assertThat(tests).hasSize(66);
            return StreamSupport.stream(tests.spliterator(), false)
                    .map(test ->
                            Arguments.of(Named.of("tcId " + test.path("tcId") + " " + test.path("comment"), test)));
        }
    }

    @Test
    void what_one_message_key_encrypts_the_same_key_decrypts() {
        try (MessageKey key = MessageKey.derive(ROOT, SALT, "enc", "commit")) {
            assertThat(key.decrypt(AAD, key.encrypt(AAD, PLAINTEXT))).hasValue(PLAINTEXT);
        }
    }

    @Test
    void another_salt_root_or_label_gives_another_key_and_another_commitment() {
        byte[] otherSalt = SALT.clone();
        otherSalt[31] ^= 1;
        byte[] otherRoot = ROOT.clone();
        otherRoot[0] ^= 1;
        try (MessageKey key = MessageKey.derive(ROOT, SALT, "enc", "commit");
                MessageKey bySalt = MessageKey.derive(ROOT, otherSalt, "enc", "commit");
                MessageKey byRoot = MessageKey.derive(otherRoot, SALT, "enc", "commit");
                MessageKey byLabel = MessageKey.derive(ROOT, SALT, "enc2", "commit2")) {
            byte[] ciphertext = key.encrypt(AAD, PLAINTEXT);
            for (MessageKey other : new MessageKey[] {bySalt, byRoot, byLabel}) {
                assertThat(other.decrypt(AAD, ciphertext)).isEqualTo(Optional.empty());
                assertThat(other.isCommittedBy(key.commit())).isFalse();
            }
        }
    }

    @Test
    void a_closed_message_key_has_forgotten_its_keys() {
        MessageKey key = MessageKey.derive(ROOT, SALT, "enc", "commit");
        byte[] ciphertext = key.encrypt(AAD, PLAINTEXT);
        key.close();
        assertThat(key.decrypt(AAD, ciphertext)).isEmpty();
        assertThat(key.commit()).containsOnly(0);
    }

    private static boolean refuses(JsonNode test, byte[] ciphertext) {
        try {
            gcm(Cipher.DECRYPT_MODE, test, ciphertext);
            return false;
        } catch (GeneralSecurityException _) {
            return true;
        }
    }

    private static byte[] gcm(int mode, JsonNode test, byte[] input) throws GeneralSecurityException {
        return MessageKey.gcm(mode, hex(test, "key"), hex(test, "iv"), hex(test, "aad"), input);
    }

    private static byte[] hex(JsonNode test, String field) {
        return bytes(test.path(field).asText());
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
