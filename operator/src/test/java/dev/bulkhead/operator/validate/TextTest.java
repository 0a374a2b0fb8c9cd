package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Names may be as long as those who keep them allow, and no longer. */
class TextTest {
    private static final String LABEL = "a".repeat(63);

    @Test
    void a_label_is_of_lower_case_and_as_long_as_is_asked() {
        assertThat(Text.label("web-1", 5)).isTrue();
        assertThat(Text.label("web-12", 5)).isFalse();
        assertThat(Text.label("Web", 5)).isFalse();
        assertThat(Text.label(null, 5)).isFalse();
    }

    @Test
    void an_object_has_a_name_of_at_most_253_characters() {
        assertThat(Text.object("a".repeat(253))).isTrue();
        assertThat(Text.object("a".repeat(254))).isFalse();
        assertThat(Text.object("a_b")).isFalse();
        assertThat(Text.object(null)).isFalse();
    }

    @Test
    void an_extension_has_at_most_63_characters() {
        assertThat(Text.extension(LABEL)).isTrue();
        assertThat(Text.extension(LABEL + "a")).isFalse();
    }

    @Test
    void a_host_has_at_most_253_characters() {
        String longest = String.join(".", LABEL, LABEL, LABEL, "a".repeat(61));

        assertThat(longest).hasSize(253);
        assertThat(Text.host(longest)).isTrue();
        assertThat(Text.host(longest + "a")).isFalse();
    }

    @Test
    void an_image_has_at_most_512_characters() {
        String digest = "@sha256:" + "0".repeat(64);
        String longest = "registry.example/" + "a".repeat(512 - 17 - digest.length()) + digest;

        assertThat(longest).hasSize(512);
        assertThat(Text.image(longest)).isTrue();
        assertThat(Text.image(longest.replace("/", "/a"))).isFalse();
    }
}
