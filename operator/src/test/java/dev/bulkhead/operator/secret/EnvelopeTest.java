package dev.bulkhead.operator.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.stream.Stream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.util.Strings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EnvelopeTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Binding HERE = new Binding("id-a", "database.l1", "bulkhead", "bulkhead-tenant-x", "key");
    private static final byte[] PASSWORD = "correct horse".getBytes(UTF_8);
    private static final int HEADER_BYTES = 49;

    private final TenantKey key = TenantKey.generate(3, RANDOM);

    @Property(tries = 200)
    void what_was_sealed_opens_at_its_place_with_version_and_time(
            @ForAll @Size(max = 300) byte[] plaintext,
            @ForAll @IntRange(min = 1) int version,
            @ForAll @LongRange(min = 0) long epoch) {
        TenantKey tenantKey = TenantKey.generate(version, RANDOM);
        byte[] message = Envelope.seal(tenantKey, HERE, epoch, plaintext, RANDOM);
        assertThat(message).hasSize(97 + plaintext.length);
        MessageOpening.Opened opened = opened(Envelope.open(_ -> tenantKey, HERE, message));
        assertThat(opened.plaintext()).isEqualTo(plaintext);
        assertThat(opened.keyVersion()).isEqualTo(version);
        assertThat(opened.epochMillis()).isEqualTo(epoch);
    }

    @Test
    void the_same_content_is_sealed_to_different_bytes_every_time() {
        assertThat(seal()).isNotEqualTo(seal());
    }

    @Test
    void every_flipped_bit_is_refused() {
        byte[] message = seal();
        for (int bit = 0; bit < message.length * Byte.SIZE; bit++) {
            byte[] damaged = message.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertThat(Envelope.open(_ -> key, HERE, damaged))
                    .as("bit %d", bit)
                    .isInstanceOf(MessageOpening.Refused.class);
        }
    }

    @Test
    void every_truncation_and_every_appended_byte_is_refused() {
        byte[] message = seal();
        for (int length = 0; length < message.length; length++) {
            assertThat(open(Arrays.copyOf(message, length))).isInstanceOf(MessageOpening.Refused.class);
        }
        assertThat(open(Arrays.copyOf(message, message.length + 1))).isEqualTo(refused(Refusal.NOT_AUTHENTIC));
        assertThat(open(Arrays.copyOf(message, 96))).isEqualTo(refused(Refusal.TOO_SHORT));
        assertThat(open(new byte[2 << 20])).isEqualTo(refused(Refusal.TOO_LONG));
    }

    @ParameterizedTest
    @MethodSource
    void a_value_does_not_open_in_another_place(Binding elsewhere) {
        assertThat(Envelope.open(_ -> key, elsewhere, seal())).isEqualTo(refused(Refusal.NOT_AUTHENTIC));
    }

    static Stream<Binding> a_value_does_not_open_in_another_place() {
        return Stream.of(
                new Binding("id-b", "database.l1", "bulkhead", "bulkhead-tenant-x", "key"),
                new Binding("id-a", "database.l2", "bulkhead", "bulkhead-tenant-x", "key"),
                new Binding("id-a", "database.l1", "default", "bulkhead-tenant-x", "key"),
                new Binding("id-a", "database.l1", "bulkhead", "bulkhead-tenant-y", "key"),
                new Binding("id-a", "database.l1", "bulkhead", "bulkhead-tenant-x", "kez"),
                // The same letters, cut elsewhere: only the length prefixes tell them apart.
                new Binding("id-ad", "atabase.l1", "bulkhead", "bulkhead-tenant-x", "key"),
                new Binding("id-a", "database.l1b", "ulkhead", "bulkhead-tenant-x", "key"));
    }

    @Property(tries = 200)
    void two_different_places_never_share_their_authenticated_form(
            @ForAll @NotEmpty @Size(max = 3) String first, @ForAll @NotEmpty @Size(max = 3) String second) {
        Assume.that(isUnicode(first) && isUnicode(second) && !first.equals(second));
        Binding one = new Binding(first, second, "n", "s", "k");
        Binding other = new Binding(second, first, "n", "s", "k");
        byte[] message = Envelope.seal(key, one, 1, PASSWORD, RANDOM);
        assertThat(Envelope.open(_ -> key, other, message)).isEqualTo(refused(Refusal.NOT_AUTHENTIC));
    }

    @Test
    void a_key_version_that_is_not_there_is_named_as_such() {
        assertThat(Envelope.open(version -> version == 3 ? null : key, HERE, seal()))
                .isEqualTo(refused(Refusal.UNKNOWN_KEY_VERSION));
    }

    @Test
    void another_key_under_the_same_version_fails_at_the_commitment_before_anything_is_decrypted() {
        TenantKey other = TenantKey.generate(3, RANDOM);
        assertThat(Envelope.open(_ -> other, HERE, seal())).isEqualTo(refused(Refusal.KEY_MISMATCH));
    }

    @Test
    void a_message_whose_commitment_was_replaced_is_refused_although_the_ciphertext_is_right() {
        byte[] message = seal();
        Arrays.fill(message, HEADER_BYTES, HEADER_BYTES + 32, (byte) 7);
        assertThat(open(message)).isEqualTo(refused(Refusal.KEY_MISMATCH));
    }

    @Test
    void magic_algorithm_version_and_time_are_checked_strictly() {
        assertThat(open(changed(0, "TSH1".getBytes(UTF_8)))).isEqualTo(refused(Refusal.WRONG_FORMAT));
        assertThat(open(changed(0, "TSE2".getBytes(UTF_8)))).isEqualTo(refused(Refusal.WRONG_FORMAT));
        assertThat(open(changed(4, new byte[] {2}))).isEqualTo(refused(Refusal.UNKNOWN_ALGORITHM));
        assertThat(open(changed(5, new byte[4]))).isEqualTo(refused(Refusal.MALFORMED));
        assertThat(open(changed(5, new byte[] {-1, 0, 0, 3}))).isEqualTo(refused(Refusal.MALFORMED));
        assertThat(open(changed(9, new byte[] {-1}))).isEqualTo(refused(Refusal.MALFORMED));
    }

    @Test
    void the_header_carries_version_and_time_in_the_clear_and_the_content_not() {
        byte[] message = seal();
        assertThat(ByteBuffer.wrap(message).getInt(5)).isEqualTo(3);
        assertThat(ByteBuffer.wrap(message).getLong(9)).isEqualTo(1_000);
        assertThat(Strings.fromByteArray(message)).doesNotContain("horse");
    }

    @Test
    void oversized_content_and_times_before_1970_are_refused_when_sealing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Envelope.seal(key, HERE, 1, new byte[(1 << 20) + 1], RANDOM));
        assertThatIllegalArgumentException().isThrownBy(() -> Envelope.seal(key, HERE, -1, PASSWORD, RANDOM));
    }

    @Test
    void a_closed_tenant_key_seals_and_opens_nothing() {
        byte[] message = seal();
        key.close();
        assertThatIllegalStateException().isThrownBy(this::seal).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> open(message));
    }

    @Test
    void names_that_are_not_unicode_are_refused_rather_than_folded_together() {
        Binding broken = new Binding("id-\ud800", "p", "n", "s", "k");
        assertThatIllegalArgumentException().isThrownBy(() -> Envelope.seal(key, broken, 1, PASSWORD, RANDOM));
    }

    @Test
    void an_empty_part_of_a_place_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Binding("", "p", "n", "s", "k"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Binding("i", "p", "n", "s", ""));
    }

    @Test
    void nothing_that_is_printed_shows_content() {
        MessageOpening.Opened opened = opened(open(seal()));
        assertThat(opened.toString()).doesNotContain("horse").isEqualTo("Opened[keyVersion=3, epochMillis=1000]");
        assertThat(key.toString()).isEqualTo("TenantKey[version=3]");
        opened.close();
        assertThat(opened.plaintext()).containsOnly(0);
    }

    private byte[] seal() {
        return Envelope.seal(key, HERE, 1_000, PASSWORD, RANDOM);
    }

    private MessageOpening open(byte[] message) {
        return Envelope.open(_ -> key, HERE, message);
    }

    private byte[] changed(int at, byte[] bytes) {
        byte[] message = seal();
        System.arraycopy(bytes, 0, message, at, bytes.length);
        return message;
    }

    private static boolean isUnicode(String text) {
        return UTF_8.newEncoder().canEncode(text);
    }

    private static MessageOpening.Opened opened(MessageOpening opening) {
        assertThat(opening).isInstanceOf(MessageOpening.Opened.class);
        return (MessageOpening.Opened) opening;
    }

    private static MessageOpening refused(Refusal reason) {
        return new MessageOpening.Refused(reason);
    }
}
