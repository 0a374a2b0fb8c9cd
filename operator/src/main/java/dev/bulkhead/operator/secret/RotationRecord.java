package dev.bulkhead.operator.secret;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is remembered of the exchange of a tenant's credentials and keys; a part of {@link TenantState}.
 *
 * @param underWay by part; a part that is missing is not being changed
 * @param last the last exchange that was through, by what was exchanged
 */
public record RotationRecord(Map<PartId, ChangeOver> underWay, Map<Rotatable, Exchanged> last) {
    /** Nothing was ever exchanged. */
    public static final RotationRecord NONE = new RotationRecord(Map.of(), Map.of());

    /** Makes the maps immutable. */
    public RotationRecord {
        underWay = PartId.copyOf(underWay);
        Map<Rotatable, Exchanged> copy = new EnumMap<>(Rotatable.class);
        copy.putAll(last);
        last = Collections.unmodifiableMap(copy);
    }

    /**
     * One exchange.
     *
     * @param by uid of the Rotation that asked for it
     * @param at when the old one was gone
     */
    public record Exchanged(String by, Instant at) {}

    /** What of a part is under way. */
    public Optional<ChangeOver> of(PartId part) {
        return Optional.ofNullable(underWay.get(part));
    }

    /** The same with this change under way. */
    public RotationRecord with(PartId part, ChangeOver change) {
        Map<PartId, ChangeOver> more = new EnumMap<>(PartId.class);
        more.putAll(underWay);
        more.put(part, change);
        return new RotationRecord(more, last);
    }

    /** The same without a change of that part. */
    public RotationRecord without(PartId part) {
        Map<PartId, ChangeOver> less = new EnumMap<>(PartId.class);
        less.putAll(underWay);
        less.remove(part);
        return new RotationRecord(less, last);
    }

    /** The same with this exchange as the last. */
    public RotationRecord exchanged(Rotatable what, Exchanged exchange) {
        Map<Rotatable, Exchanged> more = new EnumMap<>(Rotatable.class);
        more.putAll(last);
        more.put(what, exchange);
        return new RotationRecord(underWay, more);
    }

    /** Reads it out of the state; empty when something in it cannot be read, for then nobody knows which slot is old. */
    static Optional<RotationRecord> read(JsonNode state) {
        JsonNode node = state.path("rotation");
        if (node.isMissingNode()) {
            return Optional.of(NONE);
        }
        Map<PartId, ChangeOver> underWay = new EnumMap<>(PartId.class);
        Map<Rotatable, Exchanged> last = new EnumMap<>(Rotatable.class);
        try {
            for (PartId part : PartId.values()) {
                JsonNode change = node.path("underWay").path(part.name());
                if (part.backed() && !change.isMissingNode()) {
                    underWay.put(part, change(change));
                }
            }
            for (Rotatable what : Rotatable.values()) {
                JsonNode exchange = node.path("last").path(what.name());
                if (!exchange.isMissingNode()) {
                    last.put(
                            what,
                            new Exchanged(
                                    exchange.path("by").asText(),
                                    Instant.parse(exchange.path("at").asText())));
                }
            }
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.of(new RotationRecord(underWay, last));
    }

    private static ChangeOver change(JsonNode node) {
        Slot to = Arrays.stream(Slot.values())
                .filter(slot -> node.path("to").isInt() && node.path("to").intValue() == slot.number())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no slot that is known"));
        return new ChangeOver(
                to,
                node.path("by").asText(),
                node.has("oldUntil") ? Instant.parse(node.path("oldUntil").asText()) : null);
    }

    /** Puts it into the state; what is not known here is left there. */
    void write(ObjectNode state) {
        if (equals(NONE) && !state.has("rotation")) {
            return;
        }
        ObjectNode changes = state.withObject("/rotation/underWay");
        for (PartId part : PartId.values()) {
            if (part.backed()) {
                changes.remove(part.name());
            }
        }
        underWay.forEach((part, change) -> {
            ObjectNode node = changes.putObject(part.name());
            node.put("to", change.to().number());
            node.put("by", change.by());
            if (change.oldUntil() != null) {
                node.put("oldUntil", change.oldUntil().toString());
            }
        });
        ObjectNode exchanges = state.withObject("/rotation/last");
        last.forEach((what, exchange) -> {
            ObjectNode node = exchanges.withObject("/" + what.name());
            node.put("by", exchange.by());
            node.put("at", exchange.at().toString());
        });
    }
}
