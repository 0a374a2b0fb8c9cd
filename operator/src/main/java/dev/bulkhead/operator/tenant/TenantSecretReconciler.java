package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.TenantSecretStatus;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.DeliveredSecrets;
import dev.bulkhead.operator.kube.KeyRingStore;
import dev.bulkhead.operator.kube.OwnedObjects;
import dev.bulkhead.operator.outcome.Conditions;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens sealed values into a Secret of the same name, in the namespace they were sealed for and nowhere else. */
@ControllerConfiguration(name = "tenantsecret", finalizerName = "bulkhead.dev/tenant-secret")
public final class TenantSecretReconciler implements Reconciler<TenantSecret>, Cleaner<TenantSecret> {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATER = Duration.ofSeconds(30);

    private final Supplier<OwnedObjects> owned;
    private final KeyRingStore keyRings;
    private final DeliveredSecrets secrets;
    private final Clock clock;

    /**
     * Wired by hand.
     *
     * @param owned our own objects; available once the tenant controller's informers are
     */
    public TenantSecretReconciler(
            Supplier<OwnedObjects> owned, KeyRingStore keyRings, DeliveredSecrets secrets, Clock clock) {
        this.owned = owned;
        this.keyRings = keyRings;
        this.secrets = secrets;
        this.clock = clock;
    }

    @Override
    public UpdateControl<TenantSecret> reconcile(TenantSecret sealed, Context<TenantSecret> context) {
        Conditions conditions = new Conditions(
                sealed.getStatus() == null ? List.of() : sealed.getStatus().conditions(),
                clock.instant(),
                sealed.getMetadata().getGeneration());
        Owner owner = owner(sealed);
        if (owner == null) {
            return waiting(
                    sealed,
                    conditions,
                    new Finding(
                            Reason.NotATenantNamespace,
                            "Namespace " + sealed.getMetadata().getNamespace(),
                            "belongs to no tenant, so there is no key to open the values with"));
        }
        return switch (keyRings.find(owner.identity())) {
            case KeyRingStore.Found.Absent _ ->
                waiting(
                        sealed,
                        conditions,
                        new Finding(Reason.WaitingFor, "Tenant " + owner.tenant(), "its keys are not there yet"));
            case KeyRingStore.Found.Unusable unusable -> waiting(sealed, conditions, unusable.finding());
            case KeyRingStore.Found.Open open -> {
                try (var ring = open.ring()) {
                    yield deliver(
                            sealed,
                            owner,
                            SecretOpening.of(sealed, owner.tenant(), owner.identity(), ring),
                            conditions);
                }
            }
        };
    }

    private UpdateControl<TenantSecret> deliver(
            TenantSecret sealed, Owner owner, SecretOpening opening, Conditions conditions) {
        if (opening.secret() != null) {
            Outcome outcome = secrets.apply(opening.secret(), owner.identity());
            if (!outcome.done()) {
                return waiting(sealed, conditions, outcome.findings().getFirst());
            }
        }
        return patch(sealed, opening.status(sealed, conditions), Duration.ZERO);
    }

    private UpdateControl<TenantSecret> waiting(TenantSecret sealed, Conditions conditions, Finding finding) {
        TenantSecretStatus before = sealed.getStatus();
        TenantSecretStatus status = new TenantSecretStatus(
                sealed.getMetadata().getGeneration(),
                before == null ? null : before.sealKeyVersion(),
                before == null ? List.of() : before.accepted(),
                before == null ? null : before.fingerprint(),
                conditions
                        .set("Ready", Status.False, finding.reason(), finding.text())
                        .set("Stalled", Status.False, Reason.Idle, "tried again by itself")
                        .list());
        return patch(sealed, status, finding.reason() == Reason.WaitingFor ? SOON : LATER);
    }

    private static UpdateControl<TenantSecret> patch(TenantSecret sealed, TenantSecretStatus status, Duration again) {
        UpdateControl<TenantSecret> control;
        if (Objects.equals(sealed.getStatus(), status)) {
            control = UpdateControl.noUpdate();
        } else {
            TenantSecret patch = new TenantSecret();
            patch.setMetadata(new ObjectMetaBuilder()
                    .withName(sealed.getMetadata().getName())
                    .withNamespace(sealed.getMetadata().getNamespace())
                    .build());
            patch.setStatus(status);
            control = UpdateControl.patchStatus(patch);
        }
        return again.isZero() ? control : control.rescheduleAfter(again);
    }

    @Override
    public DeleteControl cleanup(TenantSecret sealed, Context<TenantSecret> context) {
        Owner owner = owner(sealed);
        if (owner != null) {
            Outcome outcome = secrets.delete(
                    sealed.getMetadata().getNamespace(), sealed.getMetadata().getName(), owner.identity());
            if (!outcome.done()) {
                return DeleteControl.noFinalizerRemoval().rescheduleAfter(SOON);
            }
        }
        return DeleteControl.defaultDelete();
    }

    private record Owner(String tenant, TenantIdentity identity) {}

    private @Nullable Owner owner(TenantSecret sealed) {
        Namespace namespace =
                owned.get().find(Namespace.class, null, sealed.getMetadata().getNamespace());
        String tenant = namespace == null ? null : Marks.label(namespace, Marks.TENANT);
        String identity = namespace == null ? null : Marks.label(namespace, Marks.IDENTITY);
        return tenant == null || identity == null ? null : new Owner(tenant, new TenantIdentity(identity));
    }
}
