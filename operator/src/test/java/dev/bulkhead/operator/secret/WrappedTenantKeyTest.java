package dev.bulkhead.operator.secret;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrappedTenantKeyTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] MASTER_KEY = masterKey();
    private static final String IDENTITY = "id-a";

    private final TenantKey key = TenantKey.generate(4, RANDOM);

    @Property(tries = 100)
    void a_wrapped_key_comes_back_as_it_was(@ForAll @Size(32) byte[] material, @ForAll @IntRange(min = 1) int version) {
        byte[] wrapped =
                WrappedTenantKey.wrap(new TenantKey(version, material.clone()), "mk-7", MASTER_KEY, IDENTITY, RANDOM);
        assertThat(wrapped).hasSize(125 + "mk-7".length());
        WrappedTenantKey parsed = parsed(wrapped);
        assertThat(parsed.masterKeyId()).isEqualTo("mk-7");
        assertThat(parsed.tenantKeyVersion()).isEqualTo(version);
        assertThat(parsed.unwrap(MASTER_KEY, IDENTITY))
                .isInstanceOfSatisfying(Unwrapping.Unwrapped.class, unwrapped -> {
                    assertThat(unwrapped.key().version()).isEqualTo(version);
                    assertThat(unwrapped.key().material()).isEqualTo(material);
                });
    }

    @Test
    void every_flipped_bit_is_refused() {
        byte[] wrapped = wrap();
        for (int bit = 0; bit < wrapped.length * Byte.SIZE; bit++) {
            byte[] damaged = wrapped.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertThat(refusal(damaged)).as("bit %d", bit).isNotNull();
        }
    }

    @Test
    void every_truncation_and_every_appended_byte_is_refused() {
        byte[] wrapped = wrap();
        for (int length = 0; length < 4; length++) {
            assertThat(refusal(Arrays.copyOf(wrapped, length))).isEqualTo(Refusal.TOO_SHORT);
        }
        for (int length = 4; length < wrapped.length; length++) {
            assertThat(refusal(Arrays.copyOf(wrapped, length))).isEqualTo(Refusal.TOO_SHORT);
        }
        assertThat(refusal(Arrays.copyOf(wrapped, wrapped.length + 1))).isEqualTo(Refusal.TOO_LONG);
    }

    @Test
    void the_wrap_of_one_tenant_is_refused_for_another() {
        assertThat(parsed(wrap()).unwrap(MASTER_KEY, "id-b")).isEqualTo(new Unwrapping.Refused(Refusal.NOT_AUTHENTIC));
    }

    @Test
    void another_master_key_under_the_same_id_is_told_apart_from_damage() {
        assertThat(parsed(wrap()).unwrap(masterKey(), IDENTITY))
                .isEqualTo(new Unwrapping.Refused(Refusal.KEY_MISMATCH));
    }

    @Test
    void a_wrap_cannot_be_renamed_to_another_version_or_master_key() {
        byte[] otherVersion = wrap();
        otherVersion[9 + 4 + 3] = 5;
        assertThat(parsed(otherVersion).tenantKeyVersion()).isEqualTo(5);
        assertThat(refusal(otherVersion)).isEqualTo(Refusal.NOT_AUTHENTIC);
        byte[] otherId = wrap();
        otherId[9 + 3] = '8';
        assertThat(parsed(otherId).masterKeyId()).isEqualTo("mk-8");
        assertThat(refusal(otherId)).isEqualTo(Refusal.NOT_AUTHENTIC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mk", "MK-1", "mk-0", "mk-01", "mk_1", "mk-1234567890", "1-mk", "mk-1\n", "mk-\u0001"})
    void an_id_that_is_no_key_id_is_refused(String id) {
        byte[] wrapped = WrappedTenantKey.wrap(key, id, MASTER_KEY, IDENTITY, RANDOM);
        assertThat(refusal(wrapped)).isEqualTo(Refusal.MALFORMED);
    }

    @Test
    void an_absurd_length_is_refused_before_anything_is_allocated() {
        byte[] wrapped = wrap();
        byte[] huge = {0x7f, -1, -1, -1};
        System.arraycopy(huge, 0, wrapped, 5, 4);
        assertThat(refusal(wrapped)).isEqualTo(Refusal.MALFORMED);
    }

    @Test
    void other_formats_and_algorithms_are_named_as_such() {
        byte[] wrapped = wrap();
        wrapped[4] = 2;
        assertThat(refusal(wrapped)).isEqualTo(Refusal.UNKNOWN_ALGORITHM);
        System.arraycopy("TSE1".getBytes(US_ASCII), 0, wrapped, 0, 4);
        assertThat(refusal(wrapped)).isEqualTo(Refusal.WRONG_FORMAT);
    }

    private byte[] wrap() {
        return WrappedTenantKey.wrap(key, "mk-7", MASTER_KEY, IDENTITY, RANDOM);
    }

    private static WrappedTenantKey parsed(byte[] wrapped) {
        assertThat(WrappedTenantKey.parse(wrapped)).isInstanceOf(WrappedTenantKey.Parsing.Parsed.class);
        return ((WrappedTenantKey.Parsing.Parsed) WrappedTenantKey.parse(wrapped)).wrapped();
    }

    /** Whatever the damaged header claims, the right master key is offered. */
    private static Refusal refusal(byte[] wrapped) {
        return switch (WrappedTenantKey.parse(wrapped)) {
            case WrappedTenantKey.Parsing.Unparsable(Refusal reason) -> reason;
            case WrappedTenantKey.Parsing.Parsed(WrappedTenantKey parsed) ->
                switch (parsed.unwrap(MASTER_KEY, IDENTITY)) {
                    case Unwrapping.Refused(Refusal reason) -> reason;
                    case Unwrapping.Unwrapped _ -> throw new AssertionError("it was unwrapped");
                    case Unwrapping.MasterKeyMissing _ -> throw new AssertionError("it was not even tried");
                };
        };
    }

    private static byte[] masterKey() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
