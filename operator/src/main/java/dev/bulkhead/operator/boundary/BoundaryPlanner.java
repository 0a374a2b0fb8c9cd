package dev.bulkhead.operator.boundary;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.MarkedMetadata;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.part.SealingKey;
import dev.bulkhead.operator.part.ToldStanding;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Plans a tenant's namespaces and what bounds them. Everything is sorted by namespace. */
@Pure
public final class BoundaryPlanner {
    /** Name of the ResourceQuota of every tenant namespace. */
    public static final String QUOTA = "bulkhead-quota";

    /** Name of the LimitRange of every tenant namespace. */
    public static final String LIMITS = "bulkhead-limits";

    /** Name of the ConfigMap of every tenant namespace that its people read. */
    private static final String TENANT = "bulkhead-tenant";

    private BoundaryPlanner() {}

    /**
     * The namespaces, with the marks, the tenant's own name for each, Pod Security at a pinned version, and what the
     * tenant may do there.
     */
    public static List<Namespace> namespaces(ValidTenant tenant, PlatformSettings settings) {
        return shares(tenant)
                .map(share -> new NamespaceBuilder()
                        .withMetadata(MarkedMetadata.ofNamespace(
                                share.namespace(),
                                tenant.identity(),
                                namespaceLabels(share, settings),
                                Allowances.of(tenant, share)))
                        .build())
                .toList();
    }

    /**
     * Quota, limits and the {@code default} ServiceAccount without a token, which must be there before anybody can run
     * anything.
     */
    public static List<HasMetadata> limits(ValidTenant tenant, PlatformSettings settings) {
        return shares(tenant)
                .flatMap(share -> Stream.<HasMetadata>of(
                        limitRange(tenant, share),
                        quota(tenant, share, settings),
                        defaultServiceAccount(tenant, share)))
                .toList();
    }

    /** The read-only card in each namespace: whose it is, how to seal for it, and how it stands. */
    public static List<ConfigMap> cards(ValidTenant tenant, SealingKey key, ToldStanding standing) {
        Map<String, String> data = new TreeMap<>();
        data.put("identity", tenant.identity().value());
        data.put("tenant", tenant.name());
        data.put("profile", tenant.profile());
        data.put("phase", standing.phase().name());
        data.put("isolation", standing.isolation().name());
        data.put("enforced", standing.enforced());
        data.put("proven", standing.proven());
        data.put("attested", standing.attested());
        data.put("seal-key-version", Integer.toString(key.version()));
        data.put("seal-public-key", key.publicKey());
        return shares(tenant)
                .map(share -> new ConfigMapBuilder()
                        .withMetadata(MarkedMetadata.of(share.namespace(), tenant.identity(), TENANT))
                        .withData(data)
                        .build())
                .toList();
    }

    private static Stream<Share> shares(ValidTenant tenant) {
        return tenant.namespaces().stream().sorted(Comparator.comparing(Share::namespace));
    }

    private static Map<String, String> namespaceLabels(Share share, PlatformSettings settings) {
        Map<String, String> labels = new TreeMap<>();
        labels.put(Marks.NAMESPACE, share.namespace().name());
        for (String mode : List.of("enforce", "audit", "warn")) {
            labels.put("pod-security.kubernetes.io/" + mode, "restricted");
            labels.put("pod-security.kubernetes.io/" + mode + "-version", settings.podSecurityVersion());
        }
        return labels;
    }

    private static ResourceQuota quota(ValidTenant tenant, Share share, PlatformSettings settings) {
        Map<String, Quantity> hard = new TreeMap<>();
        ObjectCounts.of(share).forEach((kind, count) -> hard.put("count/" + kind, Amounts.ofCount(count)));
        for (String side : List.of("requests", "limits")) {
            hard.put(side + ".cpu", Amounts.ofMillicores(share.cpu()));
            hard.put(side + ".memory", Amounts.ofBytes(share.memory()));
            hard.put(side + ".ephemeral-storage", Amounts.ofBytes(share.ephemeralStorage()));
        }
        hard.put("pods", Amounts.ofCount(pods(tenant, share)));
        hard.put("requests.storage", Amounts.ofBytes(share.storage()));
        // What a quota does not name has no limit.
        settings.devices().forEach(device -> hard.put("requests." + device, Amounts.ofCount(0)));
        share.devices().forEach((device, count) -> hard.put("requests." + device, Amounts.ofCount(count)));
        // Both would open the tenant past its network policies.
        hard.put("services.nodeports", Amounts.ofCount(0));
        hard.put("services.loadbalancers", Amounts.ofCount(0));
        return new ResourceQuotaBuilder()
                .withMetadata(MarkedMetadata.of(share.namespace(), tenant.identity(), QUOTA))
                .withNewSpec()
                .withHard(hard)
                .endSpec()
                .build();
    }

    /**
     * None for a suspended tenant, so that nothing that was stopped comes back; and none without CPU, memory or disk,
     * because a container whose limit is 0 runs without one.
     */
    private static long pods(ValidTenant tenant, Share share) {
        boolean nothing = share.cpu() == 0 || share.memory() == 0 || share.ephemeralStorage() == 0;
        return tenant.suspended() || nothing ? 0 : share.pods();
    }

    private static LimitRange limitRange(ValidTenant tenant, Share share) {
        ContainerLimits limits = ContainerLimits.of(share);
        return new LimitRangeBuilder()
                .withMetadata(MarkedMetadata.of(share.namespace(), tenant.identity(), LIMITS))
                .withNewSpec()
                .addNewLimit()
                .withType("Container")
                .withDefault(limits.usual())
                .withDefaultRequest(limits.asked())
                .withMax(limits.most())
                .withMin(limits.least())
                .endLimit()
                .addNewLimit()
                .withType("PersistentVolumeClaim")
                .withMax(Map.of("storage", Amounts.ofBytes(share.storage())))
                .endLimit()
                .endSpec()
                .build();
    }

    private static ServiceAccount defaultServiceAccount(ValidTenant tenant, Share share) {
        return new ServiceAccountBuilder()
                .withMetadata(MarkedMetadata.of(share.namespace(), tenant.identity(), "default"))
                .withAutomountServiceAccountToken(false)
                .build();
    }
}
