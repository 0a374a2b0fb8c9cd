package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.BackendStatus;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a server can do.
 *
 * @param seen every feature, with what was seen
 */
public record StoreCapabilities(Map<StoreFeature, SeenFeature> seen) {
    /** Makes the map immutable; what was not looked at is not available. */
    public StoreCapabilities {
        Map<StoreFeature, SeenFeature> all = new EnumMap<>(StoreFeature.class);
        for (StoreFeature feature : StoreFeature.values()) {
            SeenFeature found = seen.get(feature);
            all.put(feature, found == null ? new SeenFeature(false, "not looked at") : found);
        }
        seen = Map.copyOf(all);
    }

    /**
     * One feature on one server.
     *
     * @param available whether it can be relied on
     * @param message what was seen, in the server's own codes
     */
    public record SeenFeature(boolean available, String message) {}

    /** Exactly these features; for plans made without a server. */
    public static StoreCapabilities of(Set<StoreFeature> available) {
        return new StoreCapabilities(Arrays.stream(StoreFeature.values())
                .collect(Collectors.toMap(
                        feature -> feature,
                        feature -> new SeenFeature(
                                available.contains(feature),
                                available.contains(feature)
                                        ? "as documented for this driver"
                                        : "not offered by this driver"))));
    }

    /**
     * What was found, as {@link #toStatus} tells it. A feature that is not among it was not looked at, and cannot be relied
     * on.
     */
    public static StoreCapabilities known(List<BackendStatus.Capability> told) {
        Map<StoreFeature, SeenFeature> seen = new EnumMap<>(StoreFeature.class);
        for (StoreFeature feature : StoreFeature.values()) {
            told.stream()
                    .filter(c -> c.name().equals(feature.wireName()))
                    .findFirst()
                    .ifPresent(c -> seen.put(feature, new SeenFeature(c.available(), withoutConsequence(c, feature))));
        }
        return new StoreCapabilities(seen);
    }

    private static String withoutConsequence(BackendStatus.Capability capability, StoreFeature feature) {
        String message = Objects.requireNonNullElse(capability.message(), "");
        String told = ": " + feature.consequence();
        return message.endsWith(told) ? message.substring(0, message.length() - told.length()) : message;
    }

    /** The same, but for features that were looked at by themselves. */
    StoreCapabilities with(Map<StoreFeature, SeenFeature> found) {
        Map<StoreFeature, SeenFeature> all = new EnumMap<>(seen);
        all.putAll(found);
        return new StoreCapabilities(all);
    }

    /** Whether the feature can be relied on. */
    public boolean has(StoreFeature feature) {
        SeenFeature found = seen.get(feature);
        return found != null && found.available();
    }

    /** What was seen of a feature. */
    public String message(StoreFeature feature) {
        @Nullable SeenFeature found = seen.get(feature);
        return found == null ? "not looked at" : found.message();
    }

    /** Every feature in its fixed order, for {@code status.capabilities} of the ObjectStore. */
    public List<BackendStatus.Capability> toStatus() {
        return Arrays.stream(StoreFeature.values())
                .map(feature -> new BackendStatus.Capability(
                        feature.wireName(),
                        has(feature),
                        has(feature) ? message(feature) : message(feature) + ": " + feature.consequence()))
                .toList();
    }
}
