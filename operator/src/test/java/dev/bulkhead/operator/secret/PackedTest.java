package dev.bulkhead.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PackedTest {
    @Test
    void what_is_packed_comes_out_as_it_was() {
        String text = "{\"spec\":\"Wäscherei\"}".repeat(5_000);

        String packed = Packed.of(text).orElseThrow();

        assertThat(packed).hasSizeLessThan(text.length() / 50);
        assertThat(Packed.read(packed)).contains(text);
    }

    @Test
    void what_would_fill_the_annotations_of_an_object_is_not_packed() {
        StringBuilder text = new StringBuilder();
        new Random(1).ints(200_000, 'a', 'z').forEach(letter -> text.append((char) letter));

        assertThat(Packed.of(text.toString())).isEmpty();
    }

    @Test
    void what_is_damaged_or_unfolds_without_end_is_not_read() {
        assertThat(Packed.read("no base64 !")).isEmpty();
        assertThat(Packed.read("aGVsbG8=")).isEmpty();
        assertThat(Packed.read(Packed.of("x".repeat((4 << 20) + 1)).orElseThrow()))
                .isEmpty();
    }
}
