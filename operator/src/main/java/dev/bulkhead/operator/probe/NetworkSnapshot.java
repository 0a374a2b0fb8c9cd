package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.ReachableAs;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.api.v1beta1.TenantProfileSpec.Peer;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.network.PermittedWays;
import dev.bulkhead.operator.network.Reachability;
import dev.bulkhead.operator.validate.PlatformSettings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's namespaces and policies at one time, and what the platform says about itself.
 *
 * @param reachability who can reach whom
 * @param peers of each profile
 * @param databases where pods reach each DatabaseServer
 * @param stores where pods reach each ObjectStore
 */
public record NetworkSnapshot(
        Reachability reachability,
        Map<String, Map<String, Peer>> peers,
        Map<String, ReachableAs> databases,
        Map<String, ReachableAs> stores) {

    /** Puts together what was read. */
    public static NetworkSnapshot of(
            Collection<Namespace> namespaces,
            Collection<NetworkPolicy> policies,
            Collection<TenantProfile> profiles,
            Collection<DatabaseServer> servers,
            Collection<ObjectStore> stores,
            PlatformSettings settings) {
        return new NetworkSnapshot(
                Reachability.of(namespaces, policies, settings.podCidrs()),
                byName(profiles, profile -> profile.getSpec().peers()),
                byName(servers, server -> server.getSpec().reachableAs()),
                byName(stores, store -> store.getSpec().reachableAs()));
    }

    /** Reads it with five lists, whatever the number of tenants. */
    public static NetworkSnapshot read(KubernetesClient client, PlatformSettings settings) {
        return of(
                client.namespaces().list().getItems(),
                client.network().v1().networkPolicies().inAnyNamespace().list().getItems(),
                client.resources(TenantProfile.class).list().getItems(),
                client.resources(DatabaseServer.class).list().getItems(),
                client.resources(ObjectStore.class).list().getItems(),
                settings);
    }

    /**
     * What a namespace of a tenant may.
     *
     * @param namespace the tenant's own name of it
     */
    PermittedWays permitted(Subject tenant, String namespace, PlatformSettings settings) {
        return PermittedWays.of(
                tenant.spec(),
                namespace,
                peers.getOrDefault(tenant.spec().profile(), Map.of()),
                tenant.database() == null
                        ? null
                        : databases.get(tenant.database().server()),
                tenant.objectStore() == null
                        ? null
                        : stores.get(tenant.objectStore().store()),
                settings);
    }

    private static <T extends HasMetadata, V> Map<String, V> byName(
            Collection<T> objects, Function<T, @Nullable V> value) {
        Map<String, V> all = new TreeMap<>();
        for (T object : List.copyOf(objects)) {
            V found = value.apply(object);
            if (found != null) {
                all.put(object.getMetadata().getName(), found);
            }
        }
        return all;
    }
}
