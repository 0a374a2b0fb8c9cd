package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.job.Advance;
import dev.bulkhead.operator.job.JobStep;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.KeyRingStore.Changed;
import dev.bulkhead.operator.secret.RotationRecord;
import dev.bulkhead.operator.secret.SealingPublicKey;
import dev.bulkhead.operator.secret.TenantState;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The steps for a tenant's own key and for its sealing key: one write each, then the pass shows it. */
final class KeyStep implements JobStep {
    private final Rotatable what;
    private final boolean shown;
    private final String by;
    private final TenantRings tenant;
    private final KeyRingStore keyRings;
    private final RotationWorld world;
    private final Clock clock;

    /**
     * One step.
     *
     * @param shown whether it is the step that waits until the new key shows; else the one that makes it
     * @param by uid of the Rotation
     */
    KeyStep(
            Rotatable what,
            boolean shown,
            String by,
            TenantRings tenant,
            KeyRingStore keyRings,
            RotationWorld world,
            Clock clock) {
        this.what = what;
        this.shown = shown;
        this.by = by;
        this.tenant = tenant;
        this.keyRings = keyRings;
        this.world = world;
        this.clock = clock;
    }

    @Override
    public String name() {
        return what + ": "
                + (what == Rotatable.TenantKey
                        ? shown ? "in use" : "values sealed anew"
                        : shown ? "published" : "a new pair");
    }

    @Override
    public Advance advance() {
        return tenant.with((object, open) -> shown ? shown(object, open.ring()) : made(object, open));
    }

    private Advance made(Tenant object, KeyRingStore.FoundRing.Open open) {
        if (exchanged(open.state())) {
            return new Advance.Done(null);
        }
        KeyRingStore.FoundRing found = keyRings.change(
                TenantIdentity.of(object),
                "exchange of " + what,
                (ring, state) -> exchanged(state) ? Optional.empty() : Optional.of(changed(ring, state)));
        if (found instanceof KeyRingStore.FoundRing.Open now) {
            now.ring().close();
        }
        tenant.look();
        return new Advance.Waiting("written", clock.instant());
    }

    private boolean exchanged(TenantState state) {
        RotationRecord.Exchanged last = state.rotation().last().get(what);
        return last != null && last.by().equals(by);
    }

    private Changed changed(KeyRing ring, TenantState state) {
        TenantState now =
                state.with(state.rotation().exchanged(what, new RotationRecord.Exchanged(by, clock.instant())));
        if (what == Rotatable.SealingKey) {
            return new Changed(ring.withNewSealingKey(), now);
        }
        // Nobody makes backups yet, so none needs a former key.
        try (KeyRing resealed = ring.withNewTenantKey()) {
            return new Changed(resealed.withoutUnusedTenantKeys(Set.of()), now);
        }
    }

    private Advance shown(Tenant object, KeyRing ring) {
        if (CredentialWitness.isRefused(object.getStatus())) {
            return new Advance.Done("shown once the Tenant is mended");
        }
        boolean there = what == Rotatable.TenantKey
                ? object.getStatus() != null
                        && object.getStatus().keys() != null
                        && object.getStatus().keys().tenantKeyVersion() == ring.tenantKeyVersion()
                : published(object, ring.sealPublicKey().version());
        return there
                ? new Advance.Done(null)
                : new Advance.Waiting(
                        "the tenant's pass has yet to " + (what == Rotatable.TenantKey ? "use" : "publish") + " it");
    }

    private boolean published(Tenant object, int version) {
        List<ConfigMap> cards = world.owned().get().of(ConfigMap.class, TenantIdentity.of(object)).stream()
                .filter(c -> c.getMetadata().getName().equals(SealingPublicKey.CONFIG_MAP))
                .toList();
        return !cards.isEmpty()
                && cards.stream()
                        .allMatch(c -> Objects.equals(
                                c.getData().get(SealingPublicKey.VERSION_KEY), Integer.toString(version)));
    }
}
