package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.ReachableAs;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.api.v1beta1.TenantProfileSpec.Peer;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.network.PermittedWays;
import dev.bulkhead.operator.network.Reachability;
import dev.bulkhead.operator.validate.PlatformSettings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's namespaces and policies at one time, and what the platform says about itself.
 *
 * @param reachability who can reach whom
 * @param peers of each profile
 * @param backends where pods reach each server and store, by the part that lies there and its name
 * @param overfull namespaces with more policies than are looked at, and why that is so: they count as if they had none, so
 *     that whoever is open towards them is seen
 */
public record NetworkSnapshot(
        Reachability reachability,
        Map<String, Map<String, Peer>> peers,
        Map<PartId, Map<String, ReachableAs>> backends,
        Map<String, String> overfull) {

    /** Puts together what was read. */
    static NetworkSnapshot of(
            Collection<Namespace> namespaces,
            Pages.PagesRead<NetworkPolicy> policies,
            Collection<TenantProfile> profiles,
            Collection<? extends BackendResource> backends,
            PlatformSettings settings) {
        return new NetworkSnapshot(
                Reachability.of(namespaces, policies.kept(), settings.podCidrs()),
                byName(profiles, profile -> profile.getSpec().peers()),
                backends.stream()
                        .collect(Collectors.groupingBy(
                                BackedParts::of,
                                Collectors.collectingAndThen(
                                        Collectors.toList(),
                                        all -> byName(
                                                all,
                                                backend -> backend.getSpec().reachableAs())))),
                policies.overfull());
    }

    /** Reads it with one list for each kind, whatever the number of tenants. */
    public static NetworkSnapshot read(KubernetesClient client, PlatformSettings settings) {
        return of(
                client.namespaces().list().getItems(),
                Pages.of(client.network().v1().networkPolicies().inAnyNamespace(), _ -> true),
                client.resources(TenantProfile.class).list().getItems(),
                BackedParts.all().stream()
                        .flatMap(part -> client.resources(BackedParts.kind(part)).list().getItems().stream())
                        .toList(),
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
                ways(tenant),
                settings);
    }

    private Map<PartId, ReachableAs> ways(Subject tenant) {
        Map<PartId, ReachableAs> ways = new EnumMap<>(PartId.class);
        tenant.homes().homes().forEach((part, home) -> {
            ReachableAs address =
                    backends.getOrDefault(part, Map.of()).get(home.place().backend());
            if (address != null) {
                ways.put(part, address);
            }
        });
        return ways;
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
