package dev.bulkhead.operator.lifecycle;

import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.api.v1beta1.TombstoneStatus.Debt;
import dev.bulkhead.api.v1beta1.TombstoneStatus.TombstonePhase;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pays the debts of tenants that are gone: what could not be closed then is tried until it is. Deletes nothing.
 *
 * <p>Looks at every change of a Tombstone, for all that counts here is in its status, which is written after it was
 * created, and again when the tenant was taken over and is removed anew.
 */
@ControllerConfiguration(name = "tombstone", generationAwareEventProcessing = false)
public final class TombstoneReconciler implements Reconciler<Tombstone> {
    private static final Logger LOG = LoggerFactory.getLogger(TombstoneReconciler.class);

    private final TenantClosing closing;
    private final BiPredicate<TenantIdentity, String> alive;
    private final Duration every;
    private final Consumer<IndexedResourceCache<Tombstone>> shared;

    /**
     * Wired by hand.
     *
     * @param alive whether a Tenant of that name holds the identity; then its own reconciliation is in charge. One of
     *     another name may claim it, and keeps nothing open by that
     * @param every how long to wait before an open debt is tried again
     * @param shared is given the cache, for whoever else needs it
     */
    public TombstoneReconciler(
            TenantClosing closing,
            BiPredicate<TenantIdentity, String> alive,
            Duration every,
            Consumer<IndexedResourceCache<Tombstone>> shared) {
        this.closing = closing;
        this.alive = alive;
        this.every = every;
        this.shared = shared;
    }

    @Override
    public List<EventSource<?, Tombstone>> prepareEventSources(EventSourceContext<Tombstone> context) {
        shared.accept(context.getPrimaryCache());
        return List.of();
    }

    @Override
    public UpdateControl<Tombstone> reconcile(Tombstone tombstone, Context<Tombstone> context) {
        TombstoneStatus status = tombstone.getStatus();
        Optional<TenantIdentity> named =
                TenantIdentity.parse(tombstone.getMetadata().getName());
        if (named.isEmpty()
                || status == null
                || status.phase() != TombstonePhase.Closing) { // anybody may name one as they like
            return UpdateControl.noUpdate();
        }
        TenantIdentity identity = named.get();
        if (alive.test(identity, Objects.requireNonNullElse(status.tenant(), ""))) {
            return UpdateControl.<Tombstone>noUpdate().rescheduleAfter(every);
        }
        TenantClosing.Closed closed =
                closing.close(identity, BackedParts.homes(status).placement());
        List<Debt> debts = closed.debts();
        if (closed.early()) {
            return UpdateControl.<Tombstone>noUpdate().rescheduleAfter(every);
        }
        if (debts.equals(status.debts()) && !debts.isEmpty()) {
            return UpdateControl.<Tombstone>noUpdate().rescheduleAfter(every);
        }
        if (debts.isEmpty()) {
            LOG.atInfo().addKeyValue("tombstone", identity).log("closed");
        }
        UpdateControl<Tombstone> patch = UpdateControl.patchStatus(withDebts(tombstone, status, debts));
        return debts.isEmpty() ? patch : patch.rescheduleAfter(every);
    }

    private static Tombstone withDebts(Tombstone tombstone, TombstoneStatus status, List<Debt> debts) {
        Tombstone patch = new Tombstone();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(tombstone.getMetadata().getName())
                .build());
        patch.setStatus(status.with(debts.isEmpty() ? TombstonePhase.Retained : TombstonePhase.Closing, debts));
        return patch;
    }
}
