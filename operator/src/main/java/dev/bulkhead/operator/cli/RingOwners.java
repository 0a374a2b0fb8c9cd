package dev.bulkhead.operator.cli;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.KeyRingCopies;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whose key rings there are: those of live Tenants, and those of removed ones whose data is kept. */
final class RingOwners {
    private RingOwners() {}

    /**
     * Whose ring one is, as far as the cluster tells.
     *
     * @param tenant its name; empty where nobody can tell
     * @param profile null where the cluster does not tell
     * @param stone of a tenant that was removed
     */
    record RingOwner(
            String tenant,
            @Nullable String profile,
            @Nullable Tombstone stone) {}

    /**
     * By identity, in its order. Who only claims an identity comes second. A Tombstone that does not say whose it is has a
     * ring that does.
     *
     * @param nobody is told the name of each Tombstone that is none of a tenant's
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the cluster does not answer
     */
    static Map<TenantIdentity, RingOwner> of(KubernetesClient client, KeyRingCopies rings, Consumer<String> nobody) {
        Map<TenantIdentity, RingOwner> owners = new TreeMap<>(Comparator.comparing(TenantIdentity::value));
        for (Tombstone stone : client.resources(Tombstone.class).list().getItems()) {
            String name = stone.getMetadata().getName();
            TenantIdentity.parse(name)
                    .ifPresentOrElse(
                            identity -> owners.put(identity, former(stone, identity, rings)),
                            () -> nobody.accept(name));
        }
        for (Tenant tenant : client.resources(Tenant.class).list().getItems()) {
            String claimed = Objects.requireNonNullElse(
                    tenant.getSpec().adopt(), tenant.getMetadata().getUid());
            TenantIdentity.parse(claimed)
                    .ifPresent(identity -> owners.putIfAbsent(
                            identity,
                            new RingOwner(
                                    tenant.getMetadata().getName(),
                                    tenant.getSpec().profile(),
                                    null)));
        }
        return owners;
    }

    private static RingOwner former(Tombstone stone, TenantIdentity identity, KeyRingCopies rings) {
        TombstoneStatus status = stone.getStatus();
        return status != null && status.tenant() != null
                ? new RingOwner(status.tenant(), status.profile(), stone)
                : new RingOwner(
                        rings.find(identity)
                                .map(KeyRingCopies.StoredRing::tenant)
                                .orElse(""),
                        null,
                        stone);
    }
}
