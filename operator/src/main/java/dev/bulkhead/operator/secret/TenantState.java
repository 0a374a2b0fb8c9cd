package dev.bulkhead.operator.secret;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.operator.identity.DataState;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.SlotUse;
import dev.bulkhead.operator.identity.Slots;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a tenant beside its keys: the only state of the operator that cannot be found again by looking.
 * One record, versioned by hand: a reader takes what it knows, and keeps parts and fields of newer versions when it
 * writes. A part that is missing was not made yet; one that is there and cannot be read makes the record unusable,
 * because a place that is guessed would be a second, empty home.
 *
 * @param parts what is remembered of each part that lies on a server or store
 * @param rotation which credentials are being exchanged, and when they last were
 * @param epochs how new sealed values have to be
 */
public record TenantState(Map<PartId, RememberedPart> parts, RotationRecord rotation, AcceptedEpochs epochs) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int VERSION = 1;
    private static final String MADE = "made";
    private static final String GONE = "gone";
    private static final String GIVEN_UP = "givenUp";

    /** Makes the map immutable. */
    public TenantState {
        parts = PartId.copyOf(parts);
    }

    /** A tenant of which nothing was ever exchanged, and that never sealed anything. */
    public TenantState(Map<PartId, RememberedPart> parts) {
        this(parts, RotationRecord.NONE, AcceptedEpochs.NONE);
    }

    /** The same with other news of its parts. */
    public TenantState with(Map<PartId, RememberedPart> others) {
        return new TenantState(others, rotation, epochs);
    }

    /** The same with other sealed values accepted. */
    TenantState with(AcceptedEpochs others) {
        return new TenantState(parts, rotation, others);
    }

    /**
     * What is remembered of one part.
     *
     * @param place where its data lies; chosen once
     * @param slots which of its credentials are in use
     * @param data whether its data was made, and what became of it
     */
    public record RememberedPart(Place place, SlotUse slots, DataState data) {
        /** The same with other news of its data. */
        public RememberedPart with(DataState news) {
            return new RememberedPart(place, slots, news);
        }
    }

    /** A tenant that starts at these places. */
    public static TenantState at(Placement placement) {
        Map<PartId, RememberedPart> parts = new EnumMap<>(PartId.class);
        placement
                .places()
                .forEach((part, place) -> parts.put(part, new RememberedPart(place, SlotUse.FIRST, DataState.NEW)));
        return new TenantState(parts);
    }

    /** What starts at those of the places that are not remembered here. */
    TenantState without(Placement placement) {
        Map<PartId, RememberedPart> more = new EnumMap<>(PartId.class);
        at(placement).parts().forEach((part, kept) -> {
            if (!parts.containsKey(part)) {
                more.put(part, kept);
            }
        });
        return new TenantState(more);
    }

    /** The same with more parts. */
    TenantState with(TenantState more) {
        Map<PartId, RememberedPart> all = new EnumMap<>(PartId.class);
        all.putAll(parts);
        all.putAll(more.parts());
        return with(all);
    }

    /** Where the data lies. */
    public Placement placement() {
        Map<PartId, Place> places = new EnumMap<>(PartId.class);
        parts.forEach((part, kept) -> places.put(part, kept.place()));
        return new Placement(places);
    }

    /** Which logins and keys are in use. */
    public Slots slots() {
        Map<PartId, SlotUse> uses = new EnumMap<>(PartId.class);
        parts.forEach((part, kept) -> uses.put(part, kept.slots()));
        return new Slots(uses);
    }

    /** The parts whose data was made: it is never made anew before a person has given it up. */
    public Set<PartId> made() {
        Set<PartId> made = EnumSet.noneOf(PartId.class);
        parts.forEach((part, kept) -> {
            if (kept.data().made()) {
                made.add(part);
            }
        });
        return made;
    }

    /** The same with other slots in use for a part that has a place. */
    public TenantState with(PartId part, SlotUse use) {
        RememberedPart kept = parts.get(part);
        if (kept == null) {
            throw new IllegalArgumentException("the tenant has no " + part);
        }
        Map<PartId, RememberedPart> others = new EnumMap<>(PartId.class);
        others.putAll(parts);
        others.put(part, new RememberedPart(kept.place(), use, kept.data()));
        return with(others);
    }

    /** The same with another word on rotation. */
    public TenantState with(RotationRecord other) {
        return new TenantState(parts, other, epochs);
    }

    /**
     * The same with every credential shut whose time is over; itself when there is none. An old credential never works
     * longer than was said, whether or not somebody still works on its exchange.
     */
    public TenantState shutBy(Instant now) {
        TenantState shut = this;
        for (Map.Entry<PartId, ChangeOver> change : rotation.underWay().entrySet()) {
            PartId part = change.getKey();
            Instant until = change.getValue().oldUntil();
            if (until != null
                    && !now.isBefore(until)
                    && slots().of(part).live().contains(change.getValue().from())) {
                shut = shut.with(part, SlotUse.only(change.getValue().to()));
            }
        }
        return shut;
    }

    /** When the next credential is to be shut that still works; empty when none is. */
    public Optional<Instant> nextShut() {
        return rotation.underWay().entrySet().stream()
                .filter(change -> slots().of(change.getKey())
                        .live()
                        .contains(change.getValue().from()))
                .map(change -> change.getValue().oldUntil())
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder());
    }

    /**
     * Reads a record; empty when it cannot be read.
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
        if (!state.path("parts").isObject()) {
            return Optional.empty();
        }
        Map<PartId, RememberedPart> parts = new EnumMap<>(PartId.class);
        for (PartId part : backed()) {
            JsonNode node = state.path("parts").path(part.name());
            if (node.isMissingNode()) {
                continue;
            }
            Optional<RememberedPart> kept = kept(node);
            if (kept.isEmpty()) {
                return Optional.empty();
            }
            parts.put(part, kept.get());
        }
        return parts.isEmpty()
                ? Optional.empty()
                : RotationRecord.read(state)
                        .filter(rotation ->
                                parts.keySet().containsAll(rotation.underWay().keySet()))
                        .flatMap(rotation ->
                                AcceptedEpochs.read(state).map(epochs -> new TenantState(parts, rotation, epochs)));
    }

    /**
     * The record as JSON.
     *
     * @param before the record that stood there, whose other parts and fields are kept; null where there was none
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
        ObjectNode all = state.withObject("/parts");
        parts.forEach((part, kept) -> {
            ObjectNode node = all.withObject("/" + part.name());
            node.put("at", kept.place().backend());
            if (kept.place().inside() != null) {
                node.put("in", kept.place().inside());
            }
            node.put("slot", kept.slots().current().number());
            ArrayNode live = node.putArray("live");
            new TreeSet<>(kept.slots().live()).forEach(slot -> live.add(slot.number()));
            write(kept.data(), node);
        });
        rotation.write(state);
        epochs.write(state);
        return state.toString();
    }

    /** What is not so stands nowhere. */
    private static void write(DataState data, ObjectNode node) {
        node.remove(List.of(MADE, GONE, GIVEN_UP));
        if (data.made()) {
            node.put(MADE, true);
        }
        if (data.gone() != null) {
            node.put(GONE, data.gone().toString());
        }
        if (data.givenUp() != null) {
            node.put(GIVEN_UP, data.givenUp().toString());
        }
    }

    private static Set<PartId> backed() {
        Set<PartId> backed = EnumSet.noneOf(PartId.class);
        Arrays.stream(PartId.values()).filter(PartId::backed).forEach(backed::add);
        return backed;
    }

    private static Optional<RememberedPart> kept(JsonNode node) {
        String at = text(node.path("at"));
        if (at == null || (node.has("in") && text(node.path("in")) == null)) {
            return Optional.empty();
        }
        Place place = new Place(at, text(node.path("in")));
        Slot current = node.has("slot") ? slot(node.path("slot")) : Slot.One;
        if (current == null) {
            return Optional.empty();
        }
        Set<Slot> live = EnumSet.noneOf(Slot.class);
        for (JsonNode number : node.path("live")) {
            Slot slot = slot(number);
            if (slot == null) {
                return Optional.empty();
            }
            live.add(slot);
        }
        live.add(current);
        return data(node).map(data -> new RememberedPart(place, new SlotUse(current, live), data));
    }

    private static Optional<DataState> data(JsonNode node) {
        try {
            boolean made = node.path(MADE).isBoolean() ? node.path(MADE).booleanValue() : node.has(MADE);
            return Optional.of(new DataState(made, instant(node.path(GONE)), instant(node.path(GIVEN_UP))));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    private static @Nullable Instant instant(JsonNode node) {
        return node.isMissingNode() ? null : Instant.parse(node.asText());
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() && !node.textValue().isEmpty() ? node.textValue() : null;
    }

    /** A number that nobody knows must not be guessed. */
    private static @Nullable Slot slot(JsonNode node) {
        return Arrays.stream(Slot.values())
                .filter(slot -> node.isInt() && node.intValue() == slot.number())
                .findFirst()
                .orElse(null);
    }
}
