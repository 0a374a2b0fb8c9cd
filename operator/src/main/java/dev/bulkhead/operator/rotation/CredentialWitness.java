package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.backend.BackendKind;
import dev.bulkhead.operator.backend.CredentialTrials;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.rotation.ExchangePlanner.ExchangeStage;
import dev.bulkhead.operator.rotation.ExchangePlanner.SeenExchange;
import dev.bulkhead.operator.secret.ChangeOver;
import dev.bulkhead.operator.secret.DeliveredSecrets;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.Purpose;
import dev.bulkhead.operator.workflow.TenantPods;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at the world for what a stage asks about: tries credentials, reads delivered Secrets, counts sessions and pods. */
final class CredentialWitness {
    private final CredentialTrials trials;
    private final DeliveredSecrets delivered;
    private final TenantPods pods;
    private final RotationWorld world;

    CredentialWitness(CredentialTrials trials, DeliveredSecrets delivered, TenantPods pods, RotationWorld world) {
        this.trials = trials;
        this.delivered = delivered;
        this.pods = pods;
        this.world = world;
    }

    SeenExchange look(ExchangeStage stage, PartId part, Tenant tenant, KeyRingStore.FoundRing.Open open) {
        ChangeOver change = open.state().rotation().of(part).orElse(null);
        Place place = open.state().placement().of(part).orElse(null);
        boolean suspended = tenant.getSpec().suspended();
        if (change == null || place == null) {
            return SeenExchange.NOTHING;
        }
        TenantIdentity identity = TenantIdentity.of(tenant);
        return switch (stage) {
            case Made ->
                new SeenExchange(
                        suspended,
                        suspended ? Admission.Unknown : admits(part, place, identity, change.to(), open.ring()),
                        false,
                        0,
                        OptionalInt.empty(),
                        Admission.Unknown);
            case Switched ->
                new SeenExchange(
                        suspended,
                        Admission.Unknown,
                        !suspended && isDelivered(part, tenant, identity, change.to(), open.ring()),
                        0,
                        OptionalInt.empty(),
                        Admission.Unknown);
            case Draining ->
                new SeenExchange(
                        suspended,
                        Admission.Unknown,
                        true,
                        oldPods(identity),
                        trials.sessions(part, place, identity, change.from()),
                        Admission.Unknown);
            case Shut ->
                new SeenExchange(
                        suspended,
                        Admission.Unknown,
                        true,
                        0,
                        OptionalInt.empty(),
                        admits(part, place, identity, change.from(), open.ring()));
            case Idle, Done -> SeenExchange.NOTHING;
        };
    }

    private Admission admits(PartId part, Place place, TenantIdentity identity, Slot slot, KeyRing ring) {
        return ring.purposes().contains(Purpose.of(part, slot))
                ? trials.admits(part, place, identity, slot, ring)
                : Admission.Refused; // nobody has it any more
    }

    /**
     * In every Secret that is asked for; and the pass that wrote them is through with what comes after them. The status of
     * a Tenant that is refused stays as it was, so there the Secrets alone count.
     */
    private boolean isDelivered(PartId part, Tenant tenant, TenantIdentity identity, Slot slot, KeyRing ring) {
        String name = trials.name(part, identity, slot, ring);
        TenantStatus status = tenant.getStatus();
        boolean refused = isRefused(status);
        if (!refused
                && !Optional.of(name).equals(BackedParts.homes(status).of(part).map(Home::credential))) {
            return false;
        }
        BackendKind.CredentialDelivery how = trials.delivered(part);
        byte[] secret = ring.credential(Purpose.of(part, slot)).orElseThrow();
        try {
            return namespaces(part, tenant, refused).stream().allMatch(namespace -> {
                Map<String, byte[]> data = delivered.find(namespace, how.secret(), identity);
                if (refused && data.isEmpty()) {
                    return true; // asked for by a spec that is not in force
                }
                byte[] who = data.getOrDefault(how.name(), new byte[0]);
                byte[] what = data.getOrDefault(how.credential(), new byte[0]);
                return new String(who, StandardCharsets.UTF_8).equals(name) && MessageDigest.isEqual(what, secret);
            });
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** A Tenant that cannot be planned is kept as accepted, and its status stays as it was. */
    static boolean isRefused(@Nullable TenantStatus status) {
        return status != null
                && status.conditions().stream()
                        .anyMatch(c -> ConditionType.Stalled.is(c) && c.status() == Condition.Status.True);
    }

    private List<String> namespaces(PartId part, Tenant tenant, boolean refused) {
        if (refused && tenant.getStatus() != null) {
            return tenant.getStatus().namespaces().stream()
                    .map(TenantStatus.NamespaceStatus::name)
                    .toList();
        }
        return trials.deliverTo(part, tenant.getSpec()).stream()
                .map(namespace -> tenant.getMetadata().getName() + "--" + namespace)
                .toList();
    }

    private int oldPods(TenantIdentity identity) {
        Map<String, Set<String>> given = world.owned().get().of(Deployment.class, identity).stream()
                .collect(Collectors.groupingBy(
                        deployment -> deployment.getMetadata().getNamespace(),
                        Collectors.mapping(CredentialWitness::given, Collectors.toSet())));
        return given.entrySet().stream()
                .mapToInt(namespace -> pods.outdated(namespace.getKey(), namespace.getValue()))
                .sum();
    }

    private static String given(Deployment deployment) {
        Map<String, String> annotations =
                deployment.getSpec().getTemplate().getMetadata().getAnnotations();
        return annotations == null ? "" : Objects.requireNonNullElse(annotations.get(Marks.GIVEN), "");
    }
}
