package dev.bulkhead.operator.escape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VictimPictureTest {
    @Test
    void what_is_gone_and_what_is_new_is_told_and_nothing_else() {
        VictimPicture before = new VictimPicture(List.of("object b", "object a", "policy 1"));

        assertThat(before.changesTo(new VictimPicture(List.of("object a", "object c", "policy 1"))))
                .containsExactly("gone: object b", "new: object c");
    }

    @Test
    void the_order_in_which_a_server_lists_is_no_change() {
        assertThat(new VictimPicture(List.of("a", "b")).changesTo(new VictimPicture(List.of("b", "a"))))
                .isEmpty();
    }
}
