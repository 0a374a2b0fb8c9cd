package dev.bulkhead.operator.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AddressSetTest {
    private static final AddressSet PRIVATE = AddressSet.ofRanges(List.of("10.0.0.0/8"));

    /** Sets of the 16 addresses 10.0.0.0/28, as bits. */
    @Property
    void sets_of_addresses_are_sets(
            @ForAll @IntRange(max = 0xffff) int left, @ForAll @IntRange(max = 0xffff) int right) {
        assertThat(bits(of(left).and(of(right)))).isEqualTo(left | right);
        assertThat(bits(of(left).within(of(right)))).isEqualTo(left & right);
        assertThat(bits(of(left).without(of(right)))).isEqualTo(left & ~right);
        assertThat(of(left).meets(of(right))).isEqualTo((left & right) != 0);
        assertThat(of(left).isEmpty()).isEqualTo(left == 0);
    }

    private static AddressSet of(int bits) {
        return AddressSet.ofRanges(IntStream.range(0, 16)
                .filter(i -> (bits >> i & 1) == 1)
                .mapToObj(i -> "10.0.0." + i + "/32")
                .toList());
    }

    private static int bits(AddressSet set) {
        return IntStream.range(0, 16)
                .filter(i -> set.meets(AddressSet.ofRanges(List.of("10.0.0." + i + "/32"))))
                .map(i -> 1 << i)
                .sum();
    }

    @Test
    void families_do_not_meet() {
        assertThat(PRIVATE.meets(AddressSet.ofRanges(List.of("::/0")))).isFalse();
        assertThat(AddressSet.EVERYTHING.without(AddressSet.ofRanges(List.of("0.0.0.0/0"))))
                .hasToString("::/0");
    }

    @Test
    void what_cannot_be_read_is_the_worst_it_could_be_in_a_policy_and_refused_in_a_setting() {
        assertThat(AddressSet.ofBlock("::ffff:10.0.0.0/104", List.of())).hasToString("0.0.0.0/0 and more");
        assertThat(AddressSet.ofBlock("10.0.0.0/8", List.of("ten"))).hasToString("10.0.0.0/8");
        assertThatThrownBy(() -> AddressSet.ofRanges(List.of("ten"))).hasMessageContaining("not an address range: ten");
    }

    @Test
    void of_two_addresses_without_one_the_other_is_left() {
        AddressSet two = AddressSet.ofRanges(List.of("10.0.0.0/31"));

        assertThat(two.without(AddressSet.ofRanges(List.of("10.0.0.0/32")))).hasToString("10.0.0.1/32");
        assertThat(two.without(AddressSet.ofRanges(List.of("10.0.0.1/32")))).hasToString("10.0.0.0/32");
    }

    @Test
    void its_text_names_where_it_begins() {
        assertThat(PRIVATE.without(AddressSet.ofRanges(List.of("10.0.0.0/9")))).hasToString("10.128.0.0/9");
        assertThat(PRIVATE.without(AddressSet.ofRanges(List.of("10.0.0.0/32")))).hasToString("10.0.0.1/32 and more");
        assertThat(AddressSet.NONE).hasToString("no address");
    }
}
