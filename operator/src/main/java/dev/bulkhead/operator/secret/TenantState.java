package dev.bulkhead.operator.secret;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.secret.KeyRingStore.Placement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a tenant beside its keys: the only state of the operator that cannot be found again by looking.
 * One record, versioned by hand: a reader takes what it knows, gives a part that is missing its first value, and keeps
 * parts of newer versions when it writes.
 *
 * @param placement where the data lies; chosen once
 * @param slots which login and key are in use
 */
public record TenantState(Placement placement, Slots slots) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int VERSION = 1;

    /**
     * Reads a record; empty when it does not say where the data lies, or cannot be read.
     *
     * @param record JSON, as {@link #write} makes it
     */
    public static Optional<TenantState> read(String record) {
        JsonNode state;
        try {
            state = JSON.readTree(record);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
        String server = text(state.at("/database/server"));
        String database = text(state.at("/database/name"));
        String store = text(state.at("/objectStore/store"));
        if (server == null || database == null || store == null) {
            return Optional.empty();
        }
        return slot(state.at("/database/slot"), Slots.FIRST.database())
                .flatMap(first -> slot(state.at("/objectStore/slot"), Slots.FIRST.objectStore())
                        .map(second ->
                                new TenantState(new Placement(server, database, store), new Slots(first, second))));
    }

    /**
     * The record as JSON.
     *
     * @param before the record that stood there, whose other parts are kept; null where there was none
     */
    public String write(@Nullable String before) {
        ObjectNode state = JSON.createObjectNode();
        try {
            if (before != null && JSON.readTree(before) instanceof ObjectNode known) {
                state = known;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a record of a tenant's state", e);
        }
        state.put("version", VERSION);
        state.withObject("/database")
                .put("server", placement.server())
                .put("name", placement.database())
                .put("slot", slots.database().number());
        state.withObject("/objectStore")
                .put("store", placement.store())
                .put("slot", slots.objectStore().number());
        return state.toString();
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() && !node.textValue().isEmpty() ? node.textValue() : null;
    }

    /** A tenant of before there were slots uses its first ones; a number nobody knows must not be guessed. */
    private static Optional<Slot> slot(JsonNode node, Slot first) {
        if (node.isMissingNode()) {
            return Optional.of(first);
        }
        for (Slot slot : Slot.values()) {
            if (node.isInt() && node.intValue() == slot.number()) {
                return Optional.of(slot);
            }
        }
        return Optional.empty();
    }
}
