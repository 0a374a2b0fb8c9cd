package dev.bulkhead.operator.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SealedValueTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String IDENTITY = "7c1e2f9a-0000-4000-8000-00000000000a";
    private static final SealedValue.SealTarget HERE = new SealedValue.SealTarget("acme--app", "llm", "api-key");
    private static final byte[] TOKEN = "sk-live-123".getBytes(UTF_8);
    private static final long EPOCH = 1_790_000_000_000L;

    private final byte[] privateKey = Hpke.newPrivateKey(RANDOM);
    private final SealingPublicKey publicKey = publicKey(2);

    @Property(tries = 100)
    void what_was_sealed_opens_at_its_place_with_version_and_time(
            @ForAll @Size(max = 300) byte[] plaintext,
            @ForAll @IntRange(min = 1) int version,
            @ForAll @LongRange(min = 0) long epoch) {
        String text = SealedValue.seal(publicKey(version), HERE, epoch, plaintext, RANDOM);
        assertThat(text).matches(SealedValue.TEXT_PATTERN);
        assertThat(open(text)).isInstanceOfSatisfying(MessageOpening.Opened.class, opened -> {
            assertThat(opened.plaintext()).isEqualTo(plaintext);
            assertThat(opened.keyVersion()).isEqualTo(version);
            assertThat(opened.epochMillis()).isEqualTo(epoch);
        });
    }

    @Test
    void the_same_value_is_sealed_to_different_texts_every_time() {
        assertThat(seal()).isNotEqualTo(seal());
    }

    @Test
    void every_flipped_bit_is_refused() {
        byte[] message = bytes(seal());
        for (int bit = 0; bit < message.length * Byte.SIZE; bit++) {
            byte[] damaged = message.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertThat(open(text(damaged))).as("bit %d", bit).isInstanceOf(MessageOpening.Refused.class);
        }
    }

    /** The prefix included: every character, replaced by another one, by its neighbour and by nothing. */
    @Test
    void every_changed_or_missing_character_is_refused() {
        String text = seal();
        for (int at = 0; at < text.length(); at++) {
            String before = text.substring(0, at);
            String after = text.substring(at + 1);
            char original = text.charAt(at);
            for (char other : new char[] {'A', 'z', '_', '=', ' ', '\n', (char) (original ^ 1)}) {
                if (other != original) {
                    assertThat(open(before + other + after))
                            .as("character %d", at)
                            .isInstanceOf(MessageOpening.Refused.class);
                }
            }
            assertThat(open(before + after)).isInstanceOf(MessageOpening.Refused.class);
            assertThat(open(before)).isInstanceOf(MessageOpening.Refused.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "TSH1", "TSH1.", "TSH2.AAAA", "TSE1.AAAA", "tsh1.AAAA", "hunter2", "TSH1.!!!", "TSH1.ä"})
    void what_is_no_sealed_value_is_refused_with_a_reason(String text) {
        assertThat(open(text)).isInstanceOf(MessageOpening.Refused.class);
    }

    @Test
    void one_value_has_one_text() {
        String text = seal();
        assertThat(open(text + "=")).isEqualTo(refused(Refusal.NOT_TEXT));
        assertThat(open(text + "\n")).isEqualTo(refused(Refusal.NOT_TEXT));
        assertThat(open(" " + text)).isEqualTo(refused(Refusal.NOT_TEXT));
        assertThat(open("TSH1." + Base64.getEncoder().encodeToString(bytes(text)) + "=="))
                .isEqualTo(refused(Refusal.NOT_TEXT));
    }

    /** The last character of the text carries bits that no byte uses: they have to be zero. */
    @Test
    void stray_bits_in_the_last_character_are_refused() {
        String text = SealedValue.seal(publicKey, HERE, EPOCH, "abc".getBytes(UTF_8), RANDOM);
        assertThat(bytes(text).length % 3).isNotZero();
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = alphabet.indexOf(text.charAt(text.length() - 1));
        String respelled = text.substring(0, text.length() - 1) + alphabet.charAt(last | 1);
        assertThat(Base64.getUrlDecoder().decode(respelled.substring(5))).isEqualTo(bytes(text));
        assertThat(open(respelled)).isEqualTo(refused(Refusal.NOT_TEXT));
    }

    @ParameterizedTest
    @MethodSource
    void a_value_does_not_open_in_another_place(SealedValue.SealTarget elsewhere) {
        assertThat(SealedValue.open(_ -> privateKey.clone(), IDENTITY, elsewhere, seal()))
                .isEqualTo(refused(Refusal.NOT_AUTHENTIC));
    }

    static Stream<SealedValue.SealTarget> a_value_does_not_open_in_another_place() {
        return Stream.of(
                new SealedValue.SealTarget("acme--workflows", "llm", "api-key"),
                new SealedValue.SealTarget("acme--app", "llm2", "api-key"),
                new SealedValue.SealTarget("acme--app", "llm", "api-kez"),
                new SealedValue.SealTarget("acme--appl", "lm", "api-key"),
                new SealedValue.SealTarget("acme--app", "llma", "pi-key"));
    }

    @Test
    void a_value_does_not_open_for_another_tenant_even_with_the_same_key() {
        assertThat(SealedValue.open(_ -> privateKey.clone(), "another-identity", HERE, seal()))
                .isEqualTo(refused(Refusal.NOT_AUTHENTIC));
    }

    @Test
    void a_value_sealed_to_another_key_does_not_open() {
        byte[] other = Hpke.newPrivateKey(RANDOM);
        assertThat(SealedValue.open(_ -> other, IDENTITY, HERE, seal())).isEqualTo(refused(Refusal.NOT_AUTHENTIC));
    }

    @Test
    void a_sealing_key_version_that_is_not_there_is_named_as_such() {
        assertThat(SealedValue.open(version -> version == 2 ? null : privateKey.clone(), IDENTITY, HERE, seal()))
                .isEqualTo(refused(Refusal.UNKNOWN_KEY_VERSION));
    }

    @Test
    void suite_version_and_time_are_checked_strictly() {
        assertThat(open(changed(0, new byte[] {2}))).isEqualTo(refused(Refusal.UNKNOWN_ALGORITHM));
        assertThat(open(changed(1, new byte[4]))).isEqualTo(refused(Refusal.MALFORMED));
        assertThat(open(changed(1, new byte[] {-1, 0, 0, 2}))).isEqualTo(refused(Refusal.MALFORMED));
        assertThat(open(changed(5, new byte[] {-1}))).isEqualTo(refused(Refusal.MALFORMED));
        assertThat(open(changed(13, new byte[32]))).isEqualTo(refused(Refusal.WEAK_KEY_SHARE));
        assertThat(open(text(Arrays.copyOf(bytes(seal()), 60)))).isEqualTo(refused(Refusal.TOO_SHORT));
        assertThat(open("TSH1." + "A".repeat(2_000_000))).isEqualTo(refused(Refusal.TOO_LONG));
    }

    /** A later time in an old value would let it pass for a newer one. */
    @Test
    void the_time_of_sealing_cannot_be_raised() {
        assertThat(open(changed(5, new byte[] {0, 1}))).isEqualTo(refused(Refusal.NOT_AUTHENTIC));
    }

    @Property(tries = 500)
    void no_text_makes_opening_throw(@ForAll String text) {
        assertThat(open(text)).isInstanceOf(MessageOpening.Refused.class);
        assertThat(open("TSH1." + text)).isInstanceOf(MessageOpening.Refused.class);
    }

    @Property(tries = 500)
    void no_bytes_make_opening_throw(@ForAll @Size(max = 200) byte[] bytes) {
        assertThat(open(text(bytes))).isInstanceOf(MessageOpening.Refused.class);
        byte[] header = Arrays.copyOf(bytes(seal()), 45);
        assertThat(open(text(org.bouncycastle.util.Arrays.concatenate(header, bytes))))
                .isInstanceOf(MessageOpening.Refused.class);
    }

    @Test
    void the_private_key_handed_in_is_zeroed() {
        byte[] handedIn = privateKey.clone();
        assertThat(SealedValue.open(_ -> handedIn, IDENTITY, HERE, seal())).isInstanceOf(MessageOpening.Opened.class);
        assertThat(handedIn).containsOnly(0);
    }

    @Test
    void oversized_content_and_times_before_1970_are_refused_when_sealing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SealedValue.seal(publicKey, HERE, EPOCH, new byte[(1 << 20) + 1], RANDOM));
        assertThatIllegalArgumentException().isThrownBy(() -> SealedValue.seal(publicKey, HERE, -1, TOKEN, RANDOM));
    }

    @Test
    void the_largest_value_a_secret_can_hold_passes() {
        String text = SealedValue.seal(publicKey, HERE, EPOCH, new byte[1 << 20], RANDOM);
        assertThat(open(text)).isInstanceOf(MessageOpening.Opened.class);
    }

    @Test
    void the_public_key_survives_its_config_map() {
        Map<String, String> data = publicKey.toConfigMapData();
        assertThat(data).containsOnlyKeys("identity", "seal-key-version", "seal-public-key");
        assertThat(SealingPublicKey.fromConfigMapData(data))
                .isEqualTo(new SealingPublicKey.PublicKeyReading.Read(publicKey));
    }

    @ParameterizedTest
    @MethodSource
    void a_config_map_that_is_not_usable_says_which_entry(Map<String, String> change, String expected) {
        Map<String, String> data = new TreeMap<>(publicKey.toConfigMapData());
        data.putAll(change);
        assertThat(SealingPublicKey.fromConfigMapData(data))
                .isInstanceOfSatisfying(
                        SealingPublicKey.PublicKeyReading.Unusable.class,
                        unusable -> assertThat(unusable.message()).contains(expected));
    }

    static Stream<Arguments> a_config_map_that_is_not_usable_says_which_entry() {
        return Stream.of(
                Arguments.of(Map.of("identity", ""), "entry identity is missing"),
                Arguments.of(Map.of("seal-key-version", "0"), "seal-key-version is not a whole number"),
                Arguments.of(Map.of("seal-key-version", "99999999999"), "seal-key-version is not a whole number"),
                Arguments.of(
                        Map.of("seal-public-key", "AAAA"), "seal-public-key is not the base64url form of 32 bytes"),
                Arguments.of(Map.of("seal-public-key", "A".repeat(43)), "seal-public-key is a weak X25519 point"));
    }

    private SealingPublicKey publicKey(int version) {
        return new SealingPublicKey(IDENTITY, version, Base64Url.encode(Hpke.publicKey(privateKey)));
    }

    private String seal() {
        return SealedValue.seal(publicKey, HERE, EPOCH, TOKEN, RANDOM);
    }

    private MessageOpening open(String text) {
        return SealedValue.open(_ -> privateKey.clone(), IDENTITY, HERE, text);
    }

    private String changed(int at, byte[] bytes) {
        byte[] message = bytes(seal());
        System.arraycopy(bytes, 0, message, at, bytes.length);
        return text(message);
    }

    private static byte[] bytes(String text) {
        return Base64.getUrlDecoder().decode(text.substring("TSH1.".length()));
    }

    private static String text(byte[] message) {
        return "TSH1." + Base64.getUrlEncoder().withoutPadding().encodeToString(message);
    }

    private static MessageOpening refused(Refusal reason) {
        return new MessageOpening.Refused(reason);
    }
}
