package dev.bulkhead.operator.identity;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a tenant's data is at home; {@link BackedParts} reads it from a status and writes it there.
 *
 * @param homes by part; one that is missing has none yet
 */
public record Homes(Map<PartId, Home> homes) {
    /** Nowhere yet. */
    public static final Homes NONE = new Homes(Map.of());

    /** Makes the map immutable. */
    public Homes {
        homes = PartId.copyOf(homes);
    }

    /** Of a tenant that is closed, from where its data lies. */
    public static Homes closed(TenantIdentity identity, Placement placement) {
        Map<PartId, Home> homes = new EnumMap<>(PartId.class);
        placement.places().forEach((part, place) -> homes.put(part, new Home(place, identity.name(part), null)));
        return new Homes(homes);
    }

    /** The home of a part. */
    public Optional<Home> of(PartId part) {
        return Optional.ofNullable(homes.get(part));
    }

    /** The places alone. */
    public Placement placement() {
        Map<PartId, Place> places = new EnumMap<>(PartId.class);
        homes.forEach((part, home) -> places.put(part, home.place()));
        return new Placement(places);
    }
}
