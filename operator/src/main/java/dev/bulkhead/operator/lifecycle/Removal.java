package dev.bulkhead.operator.lifecycle;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.api.v1beta1.TombstoneStatus.Debt;
import dev.bulkhead.api.v1beta1.TombstoneStatus.TombstonePhase;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Homes;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OwnedObjects;
import dev.bulkhead.operator.kube.TenantEvents;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRingStore;
import io.fabric8.kubernetes.api.model.Namespace;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happens between {@code kubectl delete tenant} and the object being gone. A Tombstone is set first; then the
 * tenant is closed; after a while the object goes in any case, and what is still open is a debt on the Tombstone.
 */
public final class Removal {
    private final TenantClosing closing;
    private final KeyRingStore keyRings;
    private final Tombstones tombstones;
    private final Supplier<? extends OwnedObjects> owned;
    private final TenantEvents events;
    private final Clock clock;
    private final Duration longest;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /**
     * Wired by hand.
     *
     * @param longest after which the object goes whatever is still open: a finalizer that waits for a backend which never
     *     comes back would make the tenant undeletable
     */
    public Removal(
            TenantClosing closing,
            KeyRingStore keyRings,
            Tombstones tombstones,
            Supplier<? extends OwnedObjects> owned,
            TenantEvents events,
            Clock clock,
            Duration longest) {
        this.closing = closing;
        this.keyRings = keyRings;
        this.tombstones = tombstones;
        this.owned = owned;
        this.events = events;
        this.clock = clock;
        this.longest = longest;
    }

    /** Where a removal stands. */
    public sealed interface RemovalStep {
        /** The object may go. */
        record Finished() implements RemovalStep {}

        /** Something is still open and there is time: try again soon. */
        record Again() implements RemovalStep {}

        /** Something was made and {@code spec.suspend} is not set: nothing happens until it is. */
        record NotAllowed() implements RemovalStep {}
    }

    /**
     * Takes the removal of a Tenant as far as it can go now.
     *
     * @param untouched whether nothing was ever made for it, so that there is nothing to close or to remember
     */
    public RemovalStep proceed(Tenant tenant, boolean untouched) {
        if (untouched) {
            told.remove(tenant.getMetadata().getUid());
            return new RemovalStep.Finished();
        }
        if (!tenant.getSpec().suspended()) {
            if (told.add(tenant.getMetadata().getUid())) {
                events.publish(
                        tenant,
                        true,
                        Reason.SuspendFirst.name(),
                        "The Tenant is kept until spec.suspend is true: stopping a customer takes two steps.");
            }
            return new RemovalStep.NotAllowed();
        }
        TenantIdentity identity = TenantIdentity.of(tenant);
        Placement placement = placement(tenant, identity);
        if (placement == null || claimsInVain(tenant, identity)) {
            return new RemovalStep.Finished(); // nothing was ever made for this Tenant
        }
        String deletedAt = tenant.getMetadata().getDeletionTimestamp();
        tombstones.put(identity, stone(tenant, identity, placement, deletedAt, null));
        TenantClosing.Closed closed = closing.close(identity, placement);
        List<Debt> debts = closed.debts();
        boolean late = Instant.parse(deletedAt).plus(longest).isBefore(clock.instant());
        if (!debts.isEmpty() && (!late || closed.early())) {
            return new RemovalStep.Again();
        }
        tombstones.report(identity, stone(tenant, identity, placement, deletedAt, debts));
        told.remove(tenant.getMetadata().getUid());
        return new RemovalStep.Finished();
    }

    /**
     * Whether the Tenant only claimed what another one left, and was refused: it has no Tombstone to go by, nothing was
     * made for it, and its end must not set the Tombstone that a second try would then go by.
     */
    private boolean claimsInVain(Tenant tenant, TenantIdentity identity) {
        TenantStatus status = tenant.getStatus();
        if (tenant.getSpec().adopt() == null || (status != null && status.keys() != null)) {
            return false;
        }
        return tombstones
                .find(identity)
                .map(Tombstone::getStatus)
                .filter(former -> tenant.getMetadata().getName().equals(former.tenant()))
                .isEmpty();
    }

    private @Nullable Placement placement(Tenant tenant, TenantIdentity identity) {
        KeyRingStore.FoundRing ring = keyRings.find(identity);
        try {
            return Placements.of(tenant, ring);
        } finally {
            if (ring instanceof KeyRingStore.FoundRing.Open open) {
                open.ring().close();
            }
        }
    }

    private TombstoneStatus stone(
            Tenant tenant, TenantIdentity identity, Placement placement, String deletedAt, @Nullable List<Debt> debts) {
        List<Debt> open = debts == null ? List.of() : debts;
        return BackedParts.saying(
                Homes.closed(identity, placement),
                new TombstoneStatus(
                        tenant.getMetadata().getName(),
                        debts == null || !debts.isEmpty() ? TombstonePhase.Closing : TombstonePhase.Retained,
                        tenant.getSpec().profile(),
                        deletedAt,
                        null,
                        owned.get().of(Namespace.class, identity).stream()
                                .map(n -> n.getMetadata().getName())
                                .sorted()
                                .toList(),
                        null,
                        null,
                        Integer.toString(open.size()),
                        open));
    }
}
