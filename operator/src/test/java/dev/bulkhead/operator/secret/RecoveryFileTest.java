package dev.bulkhead.operator.secret;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.TombstoneSpec;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryFileTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String IDENTITY = "0b5f3f0e-6a7c-4f0e-9d5e-1c2d3e4f5a6b";

    private final RecoveryKey.Private key = RecoveryKey.Private.generate(RANDOM);

    @Test
    void what_was_sealed_is_opened_with_the_private_half() {
        RecoveryFile file = file(key.publicHalf().id());

        assertThat(RecoveryFile.open(file.seal(key.publicHalf(), RANDOM), key))
                .isEqualTo(new RecoveryFile.RecoveryReading.Opened(file));
    }

    @Test
    void the_header_can_be_read_by_anybody_and_names_no_customer() {
        String bytes = new String(file(key.publicHalf().id()).seal(key.publicHalf(), RANDOM), ISO_8859_1);

        assertThat(bytes.lines().toList().getFirst()).isEqualTo("TSR1");
        assertThat(bytes.lines().toList().get(1))
                .isEqualTo("{\"copy\":\"c0ffee0123456789\",\"created\":\"2026-11-29T09:12:03Z\",\"recoveryKey\":\""
                        + key.publicHalf().id() + "\",\"namespace\":\"bulkhead-system\",\"identities\":[\"" + IDENTITY
                        + "\"]}");
        assertThat(bytes).doesNotContain("klinik-nord");
    }

    @Test
    void every_changed_bit_and_every_missing_byte_is_refused() {
        byte[] sealed = file(key.publicHalf().id()).seal(key.publicHalf(), RANDOM);
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThat(RecoveryFile.open(changed, key))
                    .as("byte %d", i)
                    .isInstanceOf(RecoveryFile.RecoveryReading.Refused.class);
            assertThat(RecoveryFile.open(Arrays.copyOf(sealed, i), key))
                    .as("%d bytes", i)
                    .isInstanceOf(RecoveryFile.RecoveryReading.Refused.class);
        }
        assertThat(RecoveryFile.open(Arrays.copyOf(sealed, sealed.length + 1), key))
                .isInstanceOf(RecoveryFile.RecoveryReading.Refused.class);
    }

    @Test
    void the_refusal_says_what_is_wrong() {
        byte[] sealed = file(key.publicHalf().id()).seal(key.publicHalf(), RANDOM);
        RecoveryKey.Private other = RecoveryKey.Private.generate(RANDOM);
        byte[] tampered = sealed.clone();
        tampered[sealed.length - 1] ^= 1;

        assertThat(refusal(sealed, other))
                .contains("encrypted to recovery key " + key.publicHalf().id())
                .contains("the key given is " + other.publicHalf().id());
        assertThat(refusal("-----BEGIN".getBytes(UTF_8), key)).contains("does not begin with TSR1");
        assertThat(refusal(Arrays.copyOf(sealed, 20), key)).contains("header");
        assertThat(refusal(Arrays.copyOf(sealed, sealed.length - 30), key)).contains("changed or cut short");
        assertThat(refusal(tampered, key)).contains("changed or cut short").contains("nothing of it was used");
    }

    @Test
    void a_header_that_promises_other_rings_is_refused() {
        RecoveryFile file = file(key.publicHalf().id());
        RecoveryFile.Header header = file.header();
        RecoveryFile fewer = new RecoveryFile(
                new RecoveryFile.Header(
                        header.copy(),
                        header.created(),
                        header.recoveryKey(),
                        header.namespace(),
                        List.of(IDENTITY, "7c9e6679-7425-40de-944b-e07fc1f90ae7")),
                file.rings());

        assertThat(refusal(fewer.seal(key.publicHalf(), RANDOM), key)).contains("other rings");
    }

    @Test
    void a_key_is_known_by_its_text() {
        assertThat(RecoveryKey.Private.parse(key.text()))
                .hasValueSatisfying(read -> assertThat(read.publicHalf()).isEqualTo(key.publicHalf()));
        assertThat(key.publicHalf().id()).matches("[0-9a-f]{16}");
        assertThat(key.toString()).doesNotContain(key.text().substring(5));
        assertThat(RecoveryKey.Private.parse(key.publicHalf().text())).isEmpty();
        assertThatThrownBy(() -> new RecoveryKey.Public(key.text()))
                .hasMessageContaining("private half")
                .hasMessageNotContaining(key.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "RPK1.", "RPK1.AAAA", "RPK1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "age1qqq"})
    void what_is_no_public_half_is_refused(String text) {
        assertThatThrownBy(() -> new RecoveryKey.Public(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String refusal(byte[] file, RecoveryKey.Private key) {
        return ((RecoveryFile.RecoveryReading.Refused) RecoveryFile.open(file, key)).message();
    }

    private static RecoveryFile file(String recoveryKey) {
        return new RecoveryFile(
                new RecoveryFile.Header(
                        "c0ffee0123456789", "2026-11-29T09:12:03Z", recoveryKey, "bulkhead-system", List.of(IDENTITY)),
                List.of(new RecoveryFile.Ring(
                        IDENTITY,
                        "klinik-nord",
                        "digitaltwin",
                        null,
                        new TombstoneSpec(null, true),
                        "{\"version\":1,\"parts\":{\"database\":{\"at\":\"pg-one\",\"in\":\"a\"}}}",
                        new TreeMap<>(Map.of("tk.1", "VFNLMQ==", "seal.1", "VFNFMQ==")))));
    }
}
