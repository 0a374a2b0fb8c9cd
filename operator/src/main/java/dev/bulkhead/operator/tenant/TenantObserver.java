package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.GivenSecret;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.kube.OwnedObjects;
import dev.bulkhead.operator.lifecycle.Tombstones;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.validate.Adoption;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.Surroundings;
import io.fabric8.kubernetes.api.model.Namespace;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Gathers what exists around one Tenant. All of it comes from the informers, but for the key ring: one request. */
public final class TenantObserver {
    private final TenantWatches watches;
    private final KeyRingStore keyRings;
    private final Tombstones tombstones;
    private final PlatformSettings settings;
    private final Clock clock;

    /** Wired by hand. */
    public TenantObserver(
            TenantWatches watches,
            KeyRingStore keyRings,
            Tombstones tombstones,
            PlatformSettings settings,
            Clock clock) {
        this.watches = watches;
        this.keyRings = keyRings;
        this.tombstones = tombstones;
        this.settings = settings;
        this.clock = clock;
    }

    OwnedObjects owned() {
        return watches.owned();
    }

    ObservedTenant observe(Tenant tenant) {
        TenantIdentity identity = TenantIdentity.of(tenant);
        KeyRingStore.FoundRing ring = keyRings.find(identity, clock.instant());
        try {
            List<Namespace> namespaces =
                    watches.owned().namespacesOf(tenant.getMetadata().getName());
            Surroundings surroundings = surroundings(tenant, ring);
            return new ObservedTenant(
                    identity,
                    surroundings,
                    ring,
                    sealed(tenant),
                    inTheWay(tenant, identity, surroundings, ring, namespaces),
                    untouched(tenant, identity, ring, namespaces));
        } catch (RuntimeException e) {
            if (ring instanceof KeyRingStore.FoundRing.Open open) {
                open.ring().close();
            }
            throw e;
        }
    }

    private Surroundings surroundings(Tenant tenant, KeyRingStore.FoundRing ring) {
        return new Surroundings(
                watches.profile(tenant.getSpec().profile())
                        .map(p -> p.getSpec())
                        .orElse(null),
                watches.backends(),
                ring instanceof KeyRingStore.FoundRing.Open open ? open.placement() : Placement.NONE,
                settings,
                adoption(tenant),
                LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC),
                AcceptedForm.read(ring.accepted())
                        .filter(form -> form.isOf(tenant))
                        .isPresent());
    }

    private Adoption adoption(Tenant tenant) {
        String former = tenant.getSpec().adopt();
        return former == null
                ? Adoption.NONE
                : Adoption.of(
                        tenant,
                        tombstones.find(new TenantIdentity(former)).stream().toList(),
                        watches.tenants());
    }

    private List<Finding> inTheWay(
            Tenant tenant,
            TenantIdentity identity,
            Surroundings surroundings,
            KeyRingStore.FoundRing ring,
            List<Namespace> namespaces) {
        List<Finding> findings = new ArrayList<>();
        namespaces.stream()
                .filter(n -> !Objects.equals(Marks.label(n, Marks.IDENTITY), identity.value()))
                .map(n -> formerIdentity(n))
                .forEach(findings::add);
        if (ring instanceof KeyRingStore.FoundRing.Unusable unusable) {
            findings.add(unusable.finding());
        }
        boolean lived = namespaces.stream().anyMatch(n -> Marks.ours(n, identity))
                || surroundings.adoption().former() != null
                || (tenant.getStatus() != null && tenant.getStatus().keys() != null);
        if (findings.isEmpty() && ring instanceof KeyRingStore.FoundRing.Absent && lived) {
            findings.add(new Finding(
                    Reason.KeyRingMissing,
                    keyRings.subject(identity),
                    "is gone, and new keys would make all that was sealed unreadable; restore it from a backup, or, after"
                            + " an upgrade, move it here from namespace " + settings.operatorNamespace()));
        }
        // A canary may begin beside a former one: nobody's data is in either.
        boolean canary = AccessPlanner.CANARY_PROFILE.equals(tenant.getSpec().profile());
        if (findings.isEmpty() && ring instanceof KeyRingStore.FoundRing.Absent && !lived && !canary) {
            FormerData.of(
                            tenant,
                            identity,
                            watches.tombstones(tenant.getMetadata().getName()))
                    .ifPresent(findings::add);
        }
        return findings;
    }

    /**
     * The key ring is the first thing that is made, and is never deleted; namespaces and status tell where it was lost. Who
     * adopts finds a ring that is there: it has touched it once it is accepted there.
     */
    private static boolean untouched(
            Tenant tenant, TenantIdentity identity, KeyRingStore.FoundRing ring, List<Namespace> namespaces) {
        TenantStatus status = tenant.getStatus();
        if (status != null
                && (status.keys() != null || !BackedParts.homes(status).homes().isEmpty())) {
            return false;
        }
        boolean none = ring instanceof KeyRingStore.FoundRing.Absent;
        return tenant.getSpec().adopt() == null
                ? none && namespaces.stream().noneMatch(n -> Marks.ours(n, identity))
                : none
                        || AcceptedForm.read(ring.accepted())
                                .filter(form ->
                                        !form.uid().equals(tenant.getMetadata().getUid()))
                                .isPresent();
    }

    private static Finding formerIdentity(Namespace namespace) {
        String other = Objects.requireNonNullElse(Marks.label(namespace, Marks.IDENTITY), "unknown");
        return new Finding(
                Reason.FormerIdentity,
                "Namespace " + namespace.getMetadata().getName(),
                "belongs to the former tenant identity " + other + "; to take its data over, re-create the Tenant with"
                        + " spec.adopt: " + other + "; else choose another name");
    }

    private Map<GivenSecret, String> sealed(Tenant tenant) {
        Map<GivenSecret, String> fingerprints = new TreeMap<>();
        tenant.getSpec().namespaces().stream()
                .filter(n -> n.name() != null && !n.name().contains("--"))
                .map(n -> new TenantNamespace(tenant.getMetadata().getName(), n.name()))
                .flatMap(n -> delivered(n))
                .forEach(s -> fingerprints.put(s.secret(), s.fingerprint()));
        return fingerprints;
    }

    private record SealedFingerprint(GivenSecret secret, String fingerprint) {}

    private Stream<SealedFingerprint> delivered(TenantNamespace namespace) {
        Stream.Builder<SealedFingerprint> delivered = Stream.builder();
        for (TenantSecret secret : watches.secrets(namespace.fullName())) {
            String fingerprint =
                    secret.getStatus() == null ? null : secret.getStatus().fingerprint();
            if (fingerprint != null && secret.getMetadata().getDeletionTimestamp() == null) {
                delivered.add(new SealedFingerprint(
                        new GivenSecret(namespace, secret.getMetadata().getName()), fingerprint));
            }
        }
        return delivered.build();
    }
}
