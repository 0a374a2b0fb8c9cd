package dev.bulkhead.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.access.AccessPart;
import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.boundary.BoundaryPlanner;
import dev.bulkhead.operator.boundary.LimitsPart;
import dev.bulkhead.operator.boundary.NamespacesPart;
import dev.bulkhead.operator.compartment.Compartment;
import dev.bulkhead.operator.compartment.TenantPlan;
import dev.bulkhead.operator.database.DatabasePart;
import dev.bulkhead.operator.database.SqlText;
import dev.bulkhead.operator.delivery.SecretsPart;
import dev.bulkhead.operator.identity.GivenSecret;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.network.NetworkPart;
import dev.bulkhead.operator.objectstore.BucketChange;
import dev.bulkhead.operator.objectstore.BucketDiff;
import dev.bulkhead.operator.objectstore.ObjectStorePart;
import dev.bulkhead.operator.objectstore.ObservedBucket;
import dev.bulkhead.operator.objectstore.SlotSecret;
import dev.bulkhead.operator.objectstore.StoreCapabilities;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.SealingKey;
import dev.bulkhead.operator.part.ToldStanding;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.KeyRings;
import dev.bulkhead.operator.secret.Passwords;
import dev.bulkhead.operator.secret.Purpose;
import dev.bulkhead.operator.secret.SecretContents;
import dev.bulkhead.operator.secret.TenantState;
import dev.bulkhead.operator.validate.Surroundings;
import dev.bulkhead.operator.validate.TenantValidator;
import dev.bulkhead.operator.validate.Validation;
import dev.bulkhead.operator.workflow.WorkflowPlanner;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.postgresql.util.PasswordUtil;

/**
 * Prepares the writes of a tenant with the operator's own planners. What they do not plan, status and events, is copied
 * from a tenant that the operator made Ready.
 */
final class ReplayPlanner {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Surroundings surroundings;
    private final StoreCapabilities capabilities;
    private final KeyRings rings;
    private final String keysNamespace;
    private final SecureRandom random;
    private final Sample sample;
    private final String operatorLogin;

    /**
     * What the operator made, to copy from.
     *
     * @param tenant with its status
     * @param events about it
     */
    record Sample(Tenant tenant, List<Event> events) {}

    /** @param keysNamespace where rings are written */
    ReplayPlanner(
            Surroundings surroundings,
            StoreCapabilities capabilities,
            KeyRings rings,
            String keysNamespace,
            SecureRandom random,
            Sample sample,
            String operatorLogin) {
        this.surroundings = surroundings;
        this.capabilities = capabilities;
        this.rings = rings;
        this.keysNamespace = keysNamespace;
        this.random = random;
        this.sample = sample;
        this.operatorLogin = operatorLogin;
    }

    /** The plan of a tenant; its identity is made up, because the API server has given it none yet. */
    TenantPlan plan(Tenant tenant) {
        Tenant known = new Tenant();
        known.setMetadata(new ObjectMetaBuilder(tenant.getMetadata())
                .withUid(UUID.randomUUID().toString())
                .withGeneration(1L)
                .build());
        known.setSpec(tenant.getSpec());
        return switch (TenantValidator.validate(known, surroundings)) {
            case Validation.Valid valid ->
                Compartment.toRead()
                        .plan(
                                valid.tenant(),
                                new Prepared(
                                        surroundings.settings(),
                                        Slots.FIRST,
                                        null,
                                        Map.of(
                                                PartId.objectStore,
                                                new BackendView(
                                                        Optional.of(capabilities.toStatus()), Optional.empty()))));
            case Validation.Invalid invalid ->
                throw new IllegalStateException("the bench's own tenant is refused: " + invalid.findings());
        };
    }

    /**
     * Everything that is written for the tenant.
     *
     * @param created how the store shows a bucket that was only just created
     */
    ReplayTenant prepare(Tenant tenant, ObservedBucket.Present created) {
        TenantPlan plan = plan(tenant);
        String databasePassword = Passwords.generate(random);
        SlotSecret bucketKey = new SlotSecret(Slot.One, Passwords.generate(random));
        try (KeyRing empty = rings.create(
                        plan.tenant().identity().value(),
                        plan.tenant().identity().keyRing());
                KeyRing half = empty.withCredential(Purpose.of(PartId.database, Slot.One), bytes(databasePassword));
                KeyRing ring =
                        half.withCredential(Purpose.of(PartId.objectStore, Slot.One), bytes(bucketKey.secret()))) {
            List<HasMetadata> closing =
                    new ArrayList<>(plan.of(LimitsPart.Plan.class).limits());
            closing.addAll(plan.of(NetworkPart.Plan.class).policies());
            return new ReplayTenant(
                    tenant,
                    finalizer(tenant),
                    List.of(
                            List.of(keyRing(plan, ring)),
                            List.copyOf(plan.of(NamespacesPart.Plan.class).namespaces()),
                            List.copyOf(plan.of(NamespacesPart.Plan.class).bindings())),
                    closing,
                    afterwards(plan, ring),
                    sql(plan, databasePassword),
                    plan.of(ObjectStorePart.Plan.class).bucket(),
                    bucketChanges(plan, bucketKey, created),
                    bucketKey,
                    status(plan));
        }
    }

    private Secret keyRing(TenantPlan plan, KeyRing ring) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(plan.tenant().identity().keyRing())
                .withNamespace(keysNamespace)
                .withLabels(Marks.of(plan.tenant().name(), plan.tenant().identity()))
                .addToAnnotations(
                        KeyRingStore.STATE,
                        TenantState.at(plan.tenant().placement()).write(null))
                .endMetadata()
                .withType("bulkhead.dev/key-ring")
                .withData(OperatorSecrets.encoded(ring.data()))
                .build();
    }

    private List<List<HasMetadata>> afterwards(TenantPlan plan, KeyRing ring) {
        List<Secret> secrets = plan.of(SecretsPart.Plan.class).deliveries().stream()
                .map(delivery -> SecretContents.fill(delivery.secret(), ring))
                .toList();
        Map<GivenSecret, String> given = new TreeMap<>();
        secrets.forEach(secret -> given.put(reference(secret), SecretContents.fingerprint(secret, ring)));
        List<HasMetadata> workflows = WorkflowPlanner.workflows(plan.tenant(), given);
        return List.of(
                List.copyOf(plan.of(AccessPart.Plan.class).bindings()),
                List.copyOf(secrets),
                workflows.stream().filter(ServiceAccount.class::isInstance).toList(),
                workflows.stream().filter(o -> !(o instanceof ServiceAccount)).toList(),
                List.copyOf(BoundaryPlanner.cards(
                        plan.tenant(),
                        new SealingKey(
                                ring.sealPublicKey().version(),
                                ring.sealPublicKey().publicKey()),
                        ToldStanding.of(sample.tenant().getStatus()))),
                sample.events().stream().<HasMetadata>map(e -> event(e, plan)).toList());
    }

    private static GivenSecret reference(Secret secret) {
        String[] parts = secret.getMetadata().getNamespace().split("--", 2);
        return new GivenSecret(
                new TenantNamespace(parts[0], parts[1]), secret.getMetadata().getName());
    }

    /** The statements without what frames them: the replay commits as the operator does, in a request of its own. */
    private String sql(TenantPlan plan, String password) {
        String verifier = PasswordUtil.encodeScramSha256(password.toCharArray());
        return String.join(
                        "\n",
                        SqlText.of(plan.of(DatabasePart.Plan.class).schema(), operatorLogin)
                                .lines()
                                .filter(line -> !line.equals("BEGIN;") && !line.equals("COMMIT;"))
                                .toList())
                .replace("<SCRAM verifier>", verifier);
    }

    private static List<BucketChange> bucketChanges(TenantPlan plan, SlotSecret key, ObservedBucket.Present created) {
        List<BucketChange> changes = new ArrayList<>();
        changes.add(new BucketChange.Create());
        ObservedBucket.Present ours = new ObservedBucket.Present(
                created.owner(),
                created.ownedByUs(),
                created.tags().isEmpty()
                        ? Map.of()
                        : plan.of(ObjectStorePart.Plan.class)
                                .bucket()
                                .settings()
                                .tags(),
                created.objectLock(),
                created.defaultRetention(),
                created.versioning(),
                created.publicAccessBlock(),
                created.ownership(),
                created.foreignGrants(),
                created.encryption(),
                created.lifecycle(),
                created.cors(),
                created.quotaBytes(),
                created.policy(),
                created.empty());
        switch (BucketDiff.of(
                plan.of(ObjectStorePart.Plan.class).bucket(), ours, Map.of(), Map.of(key.slot(), key.digest()))) {
            case BucketDiff.Ours diff -> changes.addAll(diff.changes());
            case BucketDiff.Gone gone -> throw new IllegalStateException("a bucket just created is gone: " + gone);
            case BucketDiff.Foreign foreign ->
                throw new IllegalStateException("a bucket just created is taken for a foreign one: " + foreign);
        }
        return changes;
    }

    private static Tenant finalizer(Tenant tenant) {
        return bare(tenant.getMetadata().getName(), List.of("bulkhead.dev/tenant"));
    }

    private Tenant status(TenantPlan plan) {
        try {
            String like = JSON.writeValueAsString(sample.tenant().getStatus())
                    .replace(
                            sample.tenant().getMetadata().getName(),
                            plan.tenant().name())
                    .replace(
                            sample.tenant().getMetadata().getUid(),
                            plan.tenant().identity().value());
            Tenant status = bare(plan.tenant().name(), List.of());
            status.setStatus(JSON.readValue(like, TenantStatus.class));
            return status;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status cannot be copied", e);
        }
    }

    private static Tenant bare(String name, List<String> finalizers) {
        Tenant bare = new Tenant();
        bare.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withFinalizers(finalizers)
                .build());
        return bare;
    }

    private static Event event(Event like, TenantPlan plan) {
        return new EventBuilder(like)
                .withNewMetadata()
                .withGenerateName(plan.tenant().name() + "-")
                .withNamespace(like.getMetadata().getNamespace())
                .endMetadata()
                .editRegarding()
                .withName(plan.tenant().name())
                .withUid(plan.tenant().identity().value())
                .endRegarding()
                .build();
    }

    private static byte[] bytes(String password) {
        return password.getBytes(StandardCharsets.US_ASCII);
    }
}
