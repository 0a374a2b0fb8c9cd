package dev.bulkhead.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.secret.KeyRingStore.Placement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantStateTest {
    private static final TenantState STATE =
            new TenantState(new Placement("pg-one", "shard-a", "s3-one"), new Slots(Slot.Two, Slot.One));

    @Test
    void what_is_written_can_be_read_again() {
        assertThat(STATE.write(null))
                .isEqualTo("{\"version\":1,\"database\":{\"server\":\"pg-one\",\"name\":\"shard-a\",\"slot\":2},"
                        + "\"objectStore\":{\"store\":\"s3-one\",\"slot\":1}}");
        assertThat(TenantState.read(STATE.write(null))).contains(STATE);
    }

    @Test
    void parts_that_are_not_known_here_are_left_as_they_are() {
        String newer = """
                {"version":1,"database":{"server":"a","name":"b","slot":1,"epoch":7},"objectStore":{"store":"c"},\
                "cache":{"server":"redis-one"}}""";

        assertThat(STATE.write(newer)).contains("\"epoch\":7").contains("\"cache\":{\"server\":\"redis-one\"}");
        assertThat(TenantState.read(STATE.write(newer))).contains(STATE);
    }

    @Test
    void a_tenant_of_before_there_were_slots_uses_its_first_ones() {
        assertThat(TenantState.read(
                        "{\"database\":{\"server\":\"a\",\"name\":\"b\"},\"objectStore\":{\"store\":\"c\"}}"))
                .contains(new TenantState(new Placement("a", "b", "c"), Slots.FIRST));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"database\":{\"server\":\"a\"},\"objectStore\":{\"store\":\"c\"}}",
                "{\"database\":{\"server\":\"a\",\"name\":\"\"},\"objectStore\":{\"store\":\"c\"}}",
                "{\"database\":{\"server\":\"a\",\"name\":\"b\",\"slot\":3},\"objectStore\":{\"store\":\"c\"}}",
                "{\"database\":{\"server\":\"a\",\"name\":\"b\",\"slot\":\"1\"},\"objectStore\":{\"store\":\"c\"}}"
            })
    void what_does_not_say_where_the_data_lies_is_not_guessed(String record) {
        assertThat(TenantState.read(record)).isEmpty();
    }
}
