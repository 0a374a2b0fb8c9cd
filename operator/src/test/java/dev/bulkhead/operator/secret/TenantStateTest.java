package dev.bulkhead.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.DataState;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.SlotUse;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantStateTest {
    private static final TenantState STATE = new TenantState(Map.of(
            PartId.database,
            new TenantState.RememberedPart(
                    new Place("pg-one", "shard-a"), new SlotUse(Slot.Two, Set.of(Slot.One, Slot.Two)), DataState.NEW),
            PartId.objectStore,
            new TenantState.RememberedPart(Place.on("s3-one"), SlotUse.FIRST, DataState.NEW)));

    @Test
    void what_is_written_can_be_read_again() {
        assertThat(STATE.write(null))
                .isEqualTo("{\"version\":1,\"parts\":{\"database\":{\"at\":\"pg-one\",\"in\":\"shard-a\",\"slot\":2,"
                        + "\"live\":[1,2]},\"objectStore\":{\"at\":\"s3-one\",\"slot\":1,\"live\":[1]}}}");
        assertThat(TenantState.read(STATE.write(null))).contains(STATE);
    }

    @Test
    void that_data_was_made_and_what_became_of_it_is_kept_and_can_be_taken_back() {
        Instant gone = Instant.parse("2026-11-29T09:12:03Z");
        DataState lost = DataState.NEW.found().missing(gone);
        TenantState made = with(DataState.NEW.found());

        assertThat(made.write(STATE.write(null))).contains("\"live\":[1,2],\"made\":true}");
        assertThat(TenantState.read(with(lost).write(null))).contains(with(lost));
        assertThat(with(lost).made()).containsExactly(PartId.database);
        assertThat(TenantState.read(with(lost.given()).write(with(lost).write(null))))
                .contains(with(new DataState(false, null, gone)));
        assertThat(with(lost.found()).write(with(lost).write(null))).isEqualTo(made.write(null));
        assertThat(STATE.write(made.write(null))).isEqualTo(STATE.write(null));
    }

    @Test
    void a_loss_is_known_by_the_time_of_the_first_look_that_found_it() {
        Instant first = Instant.parse("2026-11-29T09:12:03.999Z");

        DataState lost = DataState.NEW.found().missing(first);

        assertThat(lost.gone()).isEqualTo("2026-11-29T09:12:03Z");
        assertThat(lost.missing(first.plusSeconds(60))).isEqualTo(lost);
        assertThat(lost.given().found().missing(first.plusSeconds(90)).gone()).isEqualTo("2026-11-29T09:13:33Z");
    }

    private static TenantState with(DataState data) {
        Map<PartId, TenantState.RememberedPart> parts = new EnumMap<>(STATE.parts());
        parts.computeIfPresent(PartId.database, (_, kept) -> kept.with(data));
        return new TenantState(parts);
    }

    @Test
    void parts_and_fields_that_are_not_known_here_are_left_as_they_are() {
        String newer = """
                {"version":1,"parts":{"database":{"at":"a","in":"b","slot":1,"epoch":7},"objectStore":{"at":"c"},\
                "cache":{"at":"redis-one"}},"accepted":{"generation":3}}""";

        assertThat(STATE.write(newer))
                .contains("\"epoch\":7")
                .contains("\"cache\":{\"at\":\"redis-one\"}")
                .contains("\"accepted\":{\"generation\":3}");
        assertThat(TenantState.read(STATE.write(newer))).contains(STATE);
    }

    @Test
    void a_record_without_slots_means_the_first_ones() {
        assertThat(TenantState.read(
                        "{\"parts\":{\"database\":{\"at\":\"a\",\"in\":\"b\"},\"objectStore\":{\"at\":\"c\"}}}"))
                .contains(TenantState.at(Tenants.placed("a", "b", "c")));
    }

    @Test
    void a_part_that_a_newer_version_brings_makes_no_older_record_unusable() {
        assertThat(TenantState.read("{\"parts\":{\"database\":{\"at\":\"a\",\"in\":\"b\"}}}"))
                .hasValueSatisfying(state -> {
                    assertThat(state.placement().of(PartId.objectStore)).isEmpty();
                    assertThat(state.slots().of(PartId.objectStore)).isEqualTo(SlotUse.FIRST);
                });
    }

    @Test
    void an_exchange_under_way_and_the_last_one_can_be_read_again() {
        TenantState state = STATE.with(new RotationRecord(
                Map.of(PartId.database, new ChangeOver(Slot.Two, "uid-2", Instant.parse("2026-11-29T09:05:00Z"))),
                Map.of(
                        Rotatable.SealingKey,
                        new RotationRecord.Exchanged("uid-1", Instant.parse("2026-11-01T00:00:00Z")))));

        assertThat(state.write(null))
                .endsWith("\"rotation\":{\"underWay\":{\"database\":{\"to\":2,\"by\":\"uid-2\",\"oldUntil\":"
                        + "\"2026-11-29T09:05:00Z\"}},\"last\":{\"SealingKey\":{\"by\":\"uid-1\",\"at\":"
                        + "\"2026-11-01T00:00:00Z\"}}}}");
        assertThat(TenantState.read(state.write(null))).contains(state);
        TenantState over = state.with(state.rotation().without(PartId.database));
        assertThat(TenantState.read(over.write(state.write(null)))).contains(over);
    }

    @Test
    void what_is_past_its_time_is_shut_and_nothing_else() {
        Instant until = Instant.parse("2026-11-29T09:05:00Z");
        TenantState state =
                STATE.with(RotationRecord.NONE.with(PartId.database, new ChangeOver(Slot.Two, "uid", until)));

        assertThat(state.nextShut()).contains(until);
        assertThat(state.shutBy(until.minusMillis(1))).isSameAs(state);
        assertThat(state.shutBy(until).slots().of(PartId.database)).isEqualTo(SlotUse.only(Slot.Two));
        assertThat(state.shutBy(until).nextShut()).isEmpty();
        TenantState undelivered =
                STATE.with(RotationRecord.NONE.with(PartId.database, new ChangeOver(Slot.Two, "uid", null)));
        assertThat(undelivered.shutBy(Instant.MAX)).isSameAs(undelivered);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"underWay\":{\"database\":{\"to\":3}}}",
                "{\"underWay\":{\"database\":{}}}",
                "{\"underWay\":{\"database\":{\"to\":2,\"oldUntil\":\"soon\"}}}",
                "{\"underWay\":{\"objectStore\":{\"to\":2}}}",
                "{\"last\":{\"Database\":{\"by\":\"x\"}}}"
            })
    void an_exchange_that_cannot_be_read_is_not_guessed(String rotation) {
        assertThat(TenantState.read("{\"parts\":{\"database\":{\"at\":\"a\"}},\"rotation\":" + rotation + "}"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"parts\":{}}",
                "{\"parts\":[]}",
                "{\"parts\":{\"database\":{\"in\":\"a\"}}}",
                "{\"parts\":{\"database\":{\"at\":\"a\",\"in\":\"\"}}}",
                "{\"parts\":{\"database\":{\"at\":\"a\",\"in\":7}}}",
                "{\"parts\":{\"database\":{\"at\":\"a\",\"slot\":3}}}",
                "{\"parts\":{\"database\":{\"at\":\"a\",\"slot\":\"1\"}}}",
                "{\"parts\":{\"database\":{\"at\":\"a\",\"slot\":1,\"live\":[1,3]}}}",
                "{\"parts\":{\"database\":{\"at\":\"a\",\"made\":true,\"gone\":\"today\"}}}"
            })
    void what_does_not_say_where_the_data_lies_is_not_guessed(String record) {
        assertThat(TenantState.read(record)).isEmpty();
    }
}
