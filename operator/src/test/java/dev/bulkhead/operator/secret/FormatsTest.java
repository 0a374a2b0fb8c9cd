package dev.bulkhead.operator.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Messages that were written once and must open for ever, and that today's code must write byte by byte from the same
 * inputs. A change here is a new format with a new number, never a new expectation. Another implementation (Go's
 * crypto/hpke, crypto/hkdf and crypto/cipher, from docs/formats.md alone) opened TSK1, TSE1 and TSH1 when they were made,
 * and Python's hmac and AES-GCM opened TSR1.
 */
class FormatsTest {
    private static final String IDENTITY = "0b5f3f0e-6a7c-4f0e-9d5e-1c2d3e4f5a6b";
    private static final byte[] PLAINTEXT = "Fichten rauschen 42".getBytes(UTF_8);
    private static final long EPOCH = 1_767_225_600_123L;

    private static final String TSK1 =
            "54534b3101000000046d6b2d3500000007e142cecf4b6e1ec58b86404959fc0a95805c8a4558ab642374dec6713693e4"
                    + "4fee07a327e239baeed8bb2fff1f41f2e3294ad6fc7c5797e09dd4ee8c5fbd1aeb268e1d1e0c586e42e6e1bcbdc8568d"
                    + "38abf147df37681093056df8b0f0e3de8470f7ffada3df08e8abd11e66091759de";

    private static final String TSE1 =
            "5453453101000000070000019b76daa87b2be311974e940f7f689e41d31ae1d569f63be2f1253b04b359bb8fc96599c5"
                    + "c30808108d74742e67323b1b3bc59ea278c62a422d502cf9571d3bf19a29778afc82796aef5b00d4c35769d581530c1b"
                    + "72fedc0e9df3e8e4eb8433583cefa25a64328a0e";

    private static final String TSH1 =
            "TSH1.AQAAAAMAAAGbdtqoe4sNrnJqG3LUNk_NJQocAopBWHm6rZw18xvbOhKbLq9Sv5gr4Rqit3hnlGaMrh7AG_beQLLUEYQ"
                    + "GuO6kNBstyzY4gO0";

    private static final String TSR1 =
            "VFNSMQp7ImNvcHkiOiJjMGZmZWUwMTIzNDU2Nzg5IiwiY3JlYXRlZCI6IjIwMjYtMTEtMjlUMDk6MTI6MDNaIiwicmVjb3Zl"
                    + "cnlLZXkiOiJhMDI4OTgxMDAzMmViNDE3IiwibmFtZXNwYWNlIjoiYnVsa2hlYWQtc3lzdGVtIiwiaWRlbnRpdGllcyI6WyIw"
                    + "YjVmM2YwZS02YTdjLTRmMGUtOWQ1ZS0xYzJkM2U0ZjVhNmIiXX0Krj5CyxWHKJ4xs68j36Fk4zneC8i3gIFfefs84iJeuWnW"
                    + "16cCrhmGpCxKmZmZ+tN/pzDpKP9RsIYEZQod6yUb8tnlXfppjPnPmL6NF0xLZjtCs5FHbQ1a3n3aFTWKABhtNXKKOXmSh/0F"
                    + "gm1mRbKWm7QNlv11xpv1or53bvszTe0UU1CKFSe8+SMqkbWihtR4aUSNw2dkvIgPyeeYFqS5ET0PuZ1QOhE+RQ/IzkbblSkn"
                    + "6bIVzZlTW8vSANRD6xnYYVUS0Hs78i9Gu/xD9E3gTJlAWQ==";

    @Test
    void tsr1_is_written_and_read_as_ever() {
        RecoveryKey.Private key = RecoveryKey.Private.parse("RSK1.ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8")
                .orElseThrow();
        RecoveryFile file = new RecoveryFile(
                new RecoveryFile.Header(
                        "c0ffee0123456789",
                        "2026-11-29T09:12:03Z",
                        "a0289810032eb417",
                        "bulkhead-system",
                        List.of(IDENTITY)),
                List.of(new RecoveryFile.Ring(
                        IDENTITY,
                        "klinik-nord",
                        "digitaltwin",
                        null,
                        null,
                        "{\"version\":1}",
                        new TreeMap<>(Map.of("tk.1", "VFNLMQ==")))));
        assertThat(key.publicHalf().text()).isEqualTo("RPK1.NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlQ");
        assertThat(Base64.getEncoder().encodeToString(file.seal(key.publicHalf(), new FixedRandom("tsr1"))))
                .isEqualTo(TSR1);
        assertThat(RecoveryFile.open(Base64.getDecoder().decode(TSR1), key))
                .isEqualTo(new RecoveryFile.RecoveryReading.Opened(file));
    }

    @Test
    void tsk1_is_written_and_read_as_ever() {
        byte[] wrapped = WrappedTenantKey.wrap(tenantKey(), "mk-5", counting(0x40), IDENTITY, new FixedRandom("tsk1"));
        assertThat(hex(wrapped)).isEqualTo(TSK1);
        assertThat(WrappedTenantKey.parse(bytes(TSK1)))
                .isInstanceOfSatisfying(
                        WrappedTenantKey.Parsing.Parsed.class,
                        parsed -> assertThat(parsed.wrapped().unwrap(counting(0x40), IDENTITY))
                                .isInstanceOfSatisfying(
                                        Unwrapping.Unwrapped.class,
                                        unwrapped -> assertThat(unwrapped.key().material())
                                                .isEqualTo(counting(0x80))));
    }

    @Test
    void tse1_is_written_and_read_as_ever() {
        Binding binding = new Binding(
                IDENTITY, "database.l1", "bulkhead-system", "bulkhead-tenant-abcdefghijklmnop", "database.l1");
        byte[] message = Envelope.seal(tenantKey(), binding, EPOCH, PLAINTEXT, new FixedRandom("tse1"));
        assertThat(hex(message)).isEqualTo(TSE1);
        assertOpens(Envelope.open(_ -> tenantKey(), binding, bytes(TSE1)), 7);
    }

    @Test
    void tsh1_is_written_and_read_as_ever() {
        SealedValue.SealTarget target = new SealedValue.SealTarget("klinik-nord--app", "llm-api-key", "token");
        SealingPublicKey publicKey =
                new SealingPublicKey(IDENTITY, 3, Base64Url.encode(Hpke.publicKey(counting(0xc0))));
        assertThat(SealedValue.seal(publicKey, target, EPOCH, PLAINTEXT, new FixedRandom("tsh1")))
                .isEqualTo(TSH1);
        assertOpens(SealedValue.open(_ -> counting(0xc0), IDENTITY, target, TSH1), 3);
    }

    private static void assertOpens(MessageOpening opening, int keyVersion) {
        assertThat(opening).isInstanceOfSatisfying(MessageOpening.Opened.class, opened -> {
            assertThat(opened.plaintext()).isEqualTo(PLAINTEXT);
            assertThat(opened.keyVersion()).isEqualTo(keyVersion);
            assertThat(opened.epochMillis()).isEqualTo(EPOCH);
        });
    }

    private static TenantKey tenantKey() {
        return new TenantKey(7, counting(0x80));
    }

    /** 32 bytes, each one more than the one before. */
    private static byte[] counting(int first) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (first + i);
        }
        return bytes;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
