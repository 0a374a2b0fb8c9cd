package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantProfileSpec.RotationRules;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.validate.Periods;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** When a tenant's credentials and keys are due by its profile. Pure. */
final class RotationSchedule {
    /** Tenants that were made on one day are not exchanged on one day: up to this part of the period earlier. */
    private static final int SPREAD = 10;

    private RotationSchedule() {}

    /**
     * When each is due; empty when the profile sets no age.
     *
     * @param supplied parts whose credentials somebody else makes
     * @param last when each was last exchanged; what is not named is as old as the Tenant
     */
    static Map<Rotatable, Instant> due(
            Tenant tenant, Set<PartId> supplied, Map<Rotatable, Instant> last, @Nullable TenantProfileSpec profile) {
        Map<Rotatable, Instant> due = new EnumMap<>(Rotatable.class);
        RotationRules rules = profile == null ? null : profile.rotation();
        Periods.Length every = rules == null ? null : Periods.parse(rules.every());
        if (every == null) {
            return due;
        }
        Instant made = Instant.parse(tenant.getMetadata().getCreationTimestamp());
        for (Rotatable what : exchangeable(supplied)) {
            Instant from = last.getOrDefault(what, made);
            Duration length = Duration.between(from, after(from, every));
            double share = Math.floorMod(TenantIdentity.of(tenant).value().hashCode(), 1_000) / 1_000.0;
            long earlier = (long) (length.toSeconds() * share / SPREAD);
            due.put(what, from.plus(length).minusSeconds(earlier).truncatedTo(ChronoUnit.SECONDS));
        }
        return due;
    }

    /** What the operator can exchange: no credential that somebody else makes. */
    static List<Rotatable> exchangeable(Set<PartId> supplied) {
        return Stream.of(Rotatable.values())
                .filter(what -> part(what).filter(supplied::contains).isEmpty())
                .toList();
    }

    /** The part whose credential it is; empty for a key of the operator's own. */
    static Optional<PartId> part(Rotatable what) {
        return BackedParts.all().stream()
                .filter(part -> part.name().equalsIgnoreCase(what.name()))
                .findFirst();
    }

    /** When the first of them is due. */
    static Optional<Instant> next(
            Tenant tenant, Set<PartId> supplied, Map<Rotatable, Instant> last, @Nullable TenantProfileSpec profile) {
        return due(tenant, supplied, last, profile).values().stream().min(Comparator.naturalOrder());
    }

    /** How long an old credential works at most once the new one is delivered. */
    static Duration drainFor(@Nullable TenantProfileSpec profile, Instant now) {
        RotationRules rules = profile == null ? null : profile.rotation();
        Periods.Length length = Periods.parse(rules == null ? RotationRules.DRAIN_FOR : rules.drainFor());
        return length == null ? Duration.parse(RotationRules.DRAIN_FOR) : Duration.between(now, after(now, length));
    }

    private static Instant after(Instant from, Periods.Length length) {
        return from.atOffset(ZoneOffset.UTC)
                .plusMonths(length.months())
                .plus(length.exact())
                .toInstant();
    }
}
