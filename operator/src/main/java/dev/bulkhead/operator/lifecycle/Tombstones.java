package dev.bulkhead.operator.lifecycle;

import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneSpec;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.api.v1beta1.TombstoneStatus.TombstonePhase;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.part.Applied;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tombstones in the API server: named by identity, created once, never deleted by the operator. */
public final class Tombstones {
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("bulkhead")
            .withForce(true)
            .build();

    /** What has to be in place before former data counts as taken over; workflows may come later. */
    private static final Set<PartId> TAKEN_OVER = Stream.concat(
                    Stream.of(PartId.namespaces, PartId.access, PartId.secrets), BackedParts.all().stream())
            .collect(Collectors.toUnmodifiableSet());

    private final KubernetesClient client;

    /** Reads and writes with the client. */
    public Tombstones(KubernetesClient client) {
        this.client = client;
    }

    /** The tombstone of an identity. */
    public Optional<Tombstone> find(TenantIdentity identity) {
        return Optional.ofNullable(
                client.resources(Tombstone.class).withName(identity.value()).get());
    }

    /** Creates the tombstone unless it is there, and gives it this status. */
    public void put(TenantIdentity identity, TombstoneStatus status) {
        created(named(identity));
        report(identity, status);
    }

    /**
     * Sets the tombstone of a tenant that comes from another cluster, so that it can be adopted; one that is there, and
     * what it says, stays. Returns whether it was set.
     *
     * @param decided what was decided about the data, or null
     */
    public boolean bring(TenantIdentity identity, @Nullable TombstoneSpec decided, TombstoneStatus status) {
        Tombstone there = find(identity).orElse(null);
        if (there == null) {
            Tombstone tombstone = named(identity);
            if (decided != null) {
                tombstone.setSpec(decided);
            }
            there = created(tombstone) ? null : find(identity).orElse(null);
        }
        if (there != null && there.getStatus() != null && there.getStatus().phase() != null) {
            return false;
        }
        report(identity, status);
        return true;
    }

    /** Creates it; false when it is there by now, made by another or by a request whose answer was lost. */
    private boolean created(Tombstone tombstone) {
        try {
            client.resource(tombstone).create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
            return false;
        }
    }

    /** Writes the status. */
    public void report(TenantIdentity identity, TombstoneStatus status) {
        Tombstone patch = named(identity);
        patch.setSpec(null);
        patch.setStatus(status);
        client.resource(patch).subresource("status").patch(APPLY);
    }

    /**
     * Notes that a Tenant took the data over, once all that holds it is in place; nothing when there is no tombstone, or
     * when it says so already.
     */
    public void adopted(@Nullable Tombstone former, Applied applied) {
        TombstoneStatus status = former == null ? null : former.getStatus();
        if (former == null
                || status == null
                || status.phase() == TombstonePhase.Adopted
                || !TAKEN_OVER.stream().allMatch(applied::done)) {
            return;
        }
        report(new TenantIdentity(former.getMetadata().getName()), status.with(TombstonePhase.Adopted, List.of()));
    }

    private static Tombstone named(TenantIdentity identity) {
        Tombstone tombstone = new Tombstone();
        tombstone.setMetadata(new ObjectMetaBuilder().withName(identity.value()).build());
        tombstone.setSpec(new TombstoneSpec(null, null));
        return tombstone;
    }
}
