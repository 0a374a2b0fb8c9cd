package dev.bulkhead.operator.secret;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.TenantSecretStatus;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ApiErrors;
import dev.bulkhead.operator.kube.OwnedObjects;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Conditions;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens sealed values into a Secret of the same name, in the namespace they were sealed for and nowhere else.
 *
 * <p>Sets its finalizer itself, because the framework would set it everywhere: guard 0 refuses every write of the
 * operator outside tenants' namespaces, so a TenantSecret there is neither held nor given a status, only logged.
 */
@ControllerConfiguration(
        name = "tenantsecret",
        triggerReconcilerOnAllEvents = true,
        informer = @Informer(itemStore = KnownSecrets.class, informerListLimit = KnownSecrets.PAGE))
public final class TenantSecretReconciler implements Reconciler<TenantSecret> {
    private static final Logger LOG = LoggerFactory.getLogger(TenantSecretReconciler.class);
    private static final String FINALIZER = "bulkhead.dev/tenant-secret";
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATER = Duration.ofSeconds(30);

    private final Supplier<OwnedObjects> owned;
    private final KeyRingStore keyRings;
    private final DeliveredSecrets secrets;
    private final Clock clock;
    private final Consumer<IndexedResourceCache<TenantSecret>> shared;
    private final Set<String> strangers = ConcurrentHashMap.newKeySet();

    /**
     * Wired by hand.
     *
     * @param owned our own objects; available once the tenant controller's informers are
     * @param shared is given the cache, for whoever else needs it
     */
    public TenantSecretReconciler(
            Supplier<OwnedObjects> owned,
            KeyRingStore keyRings,
            DeliveredSecrets secrets,
            Clock clock,
            Consumer<IndexedResourceCache<TenantSecret>> shared) {
        this.owned = owned;
        this.keyRings = keyRings;
        this.secrets = secrets;
        this.clock = clock;
        this.shared = shared;
    }

    @Override
    public List<EventSource<?, TenantSecret>> prepareEventSources(EventSourceContext<TenantSecret> context) {
        shared.accept(context.getPrimaryCache());
        return List.of();
    }

    @Override
    public UpdateControl<TenantSecret> reconcile(TenantSecret sealed, Context<TenantSecret> context) {
        if (context.isPrimaryResourceDeleted()) {
            strangers.remove(sealed.getMetadata().getUid());
            return UpdateControl.noUpdate();
        }
        Owner owner = owner(sealed);
        if (owner == null) {
            return stranger(sealed);
        }
        strangers.remove(sealed.getMetadata().getUid());
        if (sealed.isMarkedForDeletion()) {
            return withdraw(sealed, owner, context);
        }
        Outcome held = sealed.hasFinalizer(FINALIZER)
                ? Outcome.unchanged()
                : finalizer(sealed, () -> PrimaryUpdateAndCacheUtils.addFinalizerWithSSA(context, sealed, FINALIZER));
        AtomicReference<@Nullable TenantSecret> whole = new AtomicReference<>();
        Outcome read = held.done() ? whole(sealed, context, whole) : held;
        if (!read.done()) {
            return waiting(sealed, conditions(sealed), read.findings().getFirst());
        }
        TenantSecret found = whole.get();
        return found == null ? UpdateControl.noUpdate() : open(found, owner, conditions(found));
    }

    /** Reads it with its values, which the informer does not keep; one that went away meanwhile is none. */
    private static Outcome whole(
            TenantSecret known, Context<TenantSecret> context, AtomicReference<@Nullable TenantSecret> whole) {
        return new ApiErrors().guard(ApiErrors.name(known), () -> {
            whole.set(context.getClient().resource(known).get());
            return Outcome.unchanged();
        });
    }

    private Conditions conditions(TenantSecret sealed) {
        return new Conditions(
                sealed.getStatus() == null ? List.of() : sealed.getStatus().conditions(),
                clock.instant(),
                sealed.getMetadata().getGeneration());
    }

    /** In a namespace of no tenant there is no key to open it with; told once, and looked at again without a word. */
    private UpdateControl<TenantSecret> stranger(TenantSecret sealed) {
        if (strangers.add(sealed.getMetadata().getUid())) {
            LOG.atWarn()
                    .addKeyValue(
                            "tenantSecret",
                            sealed.getMetadata().getNamespace() + "/"
                                    + sealed.getMetadata().getName())
                    .addKeyValue("reason", Reason.NotATenantNamespace)
                    .log(
                            "stays closed: its namespace belongs to no tenant; seal the values for a namespace of a tenant");
        }
        return UpdateControl.<TenantSecret>noUpdate().rescheduleAfter(LATER);
    }

    private UpdateControl<TenantSecret> open(TenantSecret sealed, Owner owner, Conditions conditions) {
        return switch (keyRings.find(owner.identity())) {
            case KeyRingStore.FoundRing.Absent _ ->
                waiting(
                        sealed,
                        conditions,
                        new Finding(Reason.WaitingFor, "Tenant " + owner.tenant(), "its keys are not there yet"));
            case KeyRingStore.FoundRing.Unusable unusable -> waiting(sealed, conditions, unusable.finding());
            case KeyRingStore.FoundRing.Open open -> {
                try (var ring = open.ring()) {
                    yield deliver(
                            sealed,
                            owner,
                            SecretOpening.of(
                                    sealed,
                                    owner.tenant(),
                                    owner.identity(),
                                    ring,
                                    open.state().epochs(),
                                    clock.instant()),
                            open.state(),
                            conditions);
                }
            }
        };
    }

    private UpdateControl<TenantSecret> deliver(
            TenantSecret sealed, Owner owner, SecretOpening opening, TenantState state, Conditions conditions) {
        if (opening.secret() != null) {
            Outcome noted = noted(sealed, owner, opening, state);
            if (!noted.done()) {
                return waiting(sealed, conditions, noted.findings().getFirst());
            }
            Outcome outcome = secrets.apply(opening.secret(), owner.identity());
            if (!outcome.done()) {
                return waiting(sealed, conditions, outcome.findings().getFirst());
            }
        }
        return patch(sealed, opening.status(sealed, conditions), Duration.ZERO);
    }

    /** What is accepted is noted before it is delivered: nothing older gets in again, whatever happens to the TenantSecret. */
    private Outcome noted(TenantSecret sealed, Owner owner, SecretOpening opening, TenantState state) {
        UnaryOperator<TenantState> noting = known -> known.with(known.epochs()
                .with(sealed.getMetadata().getNamespace(), sealed.getMetadata().getName(), opening.accepted()));
        if (noting.apply(state).equals(state)) {
            return Outcome.unchanged();
        }
        String ring = "Secret " + owner.identity().keyRing();
        return new ApiErrors()
                .guard(
                        ring,
                        () -> keyRings.remember(owner.identity(), noting)
                                ? new Outcome.Done(1)
                                : new Outcome.Waiting(new Finding(
                                        Reason.WaitingFor,
                                        ring,
                                        "was written by another meanwhile; tried again by itself")));
    }

    private UpdateControl<TenantSecret> waiting(TenantSecret sealed, Conditions conditions, Finding finding) {
        TenantSecretStatus before = sealed.getStatus();
        TenantSecretStatus status = new TenantSecretStatus(
                sealed.getMetadata().getGeneration(),
                before == null ? null : before.sealKeyVersion(),
                before == null ? List.of() : before.accepted(),
                before == null ? null : before.fingerprint(),
                conditions
                        .set(ConditionType.Ready, Status.False, finding.reason(), finding.text())
                        .set(ConditionType.Stalled, Status.False, Reason.Idle, "tried again by itself")
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

    /** Takes the Secret away, and then lets go of the TenantSecret. */
    private UpdateControl<TenantSecret> withdraw(TenantSecret sealed, Owner owner, Context<TenantSecret> context) {
        UpdateControl<TenantSecret> nothing = UpdateControl.noUpdate();
        if (!sealed.hasFinalizer(FINALIZER)) {
            return nothing;
        }
        // With a namespace goes all that is in it, the operator's right to delete there first.
        Outcome deleted = owner.leaving()
                ? Outcome.unchanged()
                : secrets.delete(
                        sealed.getMetadata().getNamespace(),
                        sealed.getMetadata().getName(),
                        owner.identity());
        boolean gone = deleted.done()
                && finalizer(sealed, () -> PrimaryUpdateAndCacheUtils.removeFinalizer(context, FINALIZER))
                        .done();
        return gone ? nothing : nothing.rescheduleAfter(SOON);
    }

    /** Writes the finalizer; one that went away meanwhile needs none. */
    private static Outcome finalizer(TenantSecret sealed, Runnable write) {
        return new ApiErrors().guard(ApiErrors.name(sealed), () -> {
            try {
                write.run();
                return new Outcome.Done(1);
            } catch (KubernetesClientException e) {
                if (e.getCode() != 404) {
                    throw e;
                }
                return Outcome.unchanged();
            }
        });
    }

    /**
     * Whose namespace it is.
     *
     * @param leaving whether the namespace is being deleted
     */
    private record Owner(String tenant, TenantIdentity identity, boolean leaving) {}

    private @Nullable Owner owner(TenantSecret sealed) {
        Namespace namespace =
                owned.get().find(Namespace.class, null, sealed.getMetadata().getNamespace());
        String tenant = namespace == null ? null : Marks.label(namespace, Marks.TENANT);
        String identity = namespace == null ? null : Marks.label(namespace, Marks.IDENTITY);
        if (namespace == null || tenant == null || identity == null) {
            return null;
        }
        boolean leaving = namespace.getMetadata().getDeletionTimestamp() != null;
        return TenantIdentity.parse(identity)
                .map(id -> new Owner(tenant, id, leaving))
                .orElse(null);
    }
}
