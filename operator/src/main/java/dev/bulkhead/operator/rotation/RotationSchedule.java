package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantProfileSpec.RotationRules;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.Homes;
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
     * @param last when each was last exchanged; what is not named is as old as the Tenant
     */
    static Map<Rotatable, Instant> due(
            Tenant tenant, Map<Rotatable, Instant> last, @Nullable TenantProfileSpec profile) {
        Map<Rotatable, Instant> due = new EnumMap<>(Rotatable.class);
        RotationRules rules = profile == null ? null : profile.rotation();
        Periods.Length every = rules == null ? null : Periods.parse(rules.every());
        if (every == null) {
            return due;
        }
        Instant made = Instant.parse(tenant.getMetadata().getCreationTimestamp());
        for (Rotatable what : exchangeable(tenant)) {
            Instant from = last.getOrDefault(what, made);
            Duration length = Duration.between(from, after(from, every));
            double share = Math.floorMod(TenantIdentity.of(tenant).value().hashCode(), 1_000) / 1_000.0;
            long earlier = (long) (length.toSeconds() * share / SPREAD);
            due.put(what, from.plus(length).minusSeconds(earlier).truncatedTo(ChronoUnit.SECONDS));
        }
        return due;
    }

    /** What the operator can exchange: not a key that somebody else makes, which has a name of its own. */
    static List<Rotatable> exchangeable(Tenant tenant) {
        boolean supplied = Homes.of(tenant.getStatus())
                .of(PartId.objectStore)
                .map(Home::credential)
                .filter(key -> !key.startsWith(TenantIdentity.of(tenant).bucket() + "-"))
                .isPresent();
        return Stream.of(Rotatable.values())
                .filter(what -> what != Rotatable.ObjectStore || !supplied)
                .toList();
    }

    /** When the first of them is due. */
    static Optional<Instant> next(Tenant tenant, Map<Rotatable, Instant> last, @Nullable TenantProfileSpec profile) {
        return due(tenant, last, profile).values().stream().min(Comparator.naturalOrder());
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
