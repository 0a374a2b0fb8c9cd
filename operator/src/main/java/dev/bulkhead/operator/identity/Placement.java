package dev.bulkhead.operator.identity;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a tenant's data lies.
 *
 * @param places by part; one that is missing is still to be chosen
 */
public record Placement(Map<PartId, Place> places) {
    /** A tenant that was not placed yet. */
    public static final Placement NONE = new Placement(Map.of());

    /** Makes the map immutable. */
    public Placement {
        places = PartId.copyOf(places);
    }

    /** The place of a part, once it was chosen. */
    public Optional<Place> of(PartId part) {
        return Optional.ofNullable(places.get(part));
    }

    /** The same with a part at a place. */
    public Placement with(PartId part, Place place) {
        Map<PartId, Place> all = new EnumMap<>(PartId.class);
        all.putAll(places);
        all.put(part, place);
        return new Placement(all);
    }
}
