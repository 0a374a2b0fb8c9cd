package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import org.junit.jupiter.api.Test;

class PlaintextSearchTest {
    private static final String PLAINTEXT = "canary-plaintext-00112233445566778899aabbccddeeff";

    @Property(tries = 300)
    void it_is_found_wherever_it_stands_in_what_was_encoded(
            @ForAll @AlphaChars String before, @ForAll @AlphaChars String after) {
        byte[] bytes = (before + PLAINTEXT + after).getBytes(StandardCharsets.UTF_8);
        PlaintextSearch search = new PlaintextSearch(PLAINTEXT);
        assertThat(search.found(before + PLAINTEXT + after)).isTrue();
        assertThat(search.found(Base64.getEncoder().encodeToString(bytes))).isTrue();
        assertThat(search.found(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)))
                .isTrue();
    }

    @Test
    void another_value_is_not_found() {
        String other = PLAINTEXT.replace('f', 'e');
        PlaintextSearch search = new PlaintextSearch(PLAINTEXT);
        assertThat(search.found(other)).isFalse();
        assertThat(search.found(Base64.getEncoder().encodeToString(other.getBytes(StandardCharsets.UTF_8))))
                .isFalse();
    }
}
