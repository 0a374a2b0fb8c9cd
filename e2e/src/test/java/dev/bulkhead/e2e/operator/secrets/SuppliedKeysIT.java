package dev.bulkhead.e2e.operator.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.BucketPlan;
import dev.bulkhead.operator.objectstore.FilerAccess;
import dev.bulkhead.operator.objectstore.ObjectStoreDriver;
import dev.bulkhead.operator.objectstore.ObjectStorePlanner;
import dev.bulkhead.operator.objectstore.SlotSecret;
import dev.bulkhead.operator.objectstore.StoreCapabilities;
import dev.bulkhead.operator.objectstore.StoreConnection;
import dev.bulkhead.operator.objectstore.StoreKind;
import dev.bulkhead.operator.objectstore.SuppliedKeys;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A store whose provider gives out keys by hand: from the Secret that is missing to the key that is shut out. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuppliedKeysIT {
    private static final String STORE = "supplied";

    @TempDir
    private static Path directory;

    private final List<BucketPlan> users = new ArrayList<>();
    private Platform platform;
    private Platform.RunningOperator operator;
    private ObjectStoreDriver console;
    private ObjectStoreSpec spec;

    /** A key as the provider's console shows it, once. */
    private record Key(String id, String secret, String principal) {}

    @BeforeAll
    void start(KubernetesClient admin, StackEndpoints stack) {
        platform = Platform.install(admin, stack, directory);
        ObjectStore local = Objects.requireNonNull(
                admin.resources(ObjectStore.class).withName("local").get());
        spec = local.getSpec();
        console = StoreKind.of(spec.driver())
                .open(
                        StoreConnection.of(
                                        "console",
                                        spec,
                                        stack.objectStore().rootAccessKey(),
                                        stack.objectStore().rootSecretKey())
                                .with(new FilerAccess(
                                        stack.objectStore().adminCertificatePem(),
                                        stack.objectStore().adminKeyPem(),
                                        stack.objectStore().filerSigningKey())),
                        ExternalCalls.unobserved());
        ObjectStore supplied = new ObjectStore();
        supplied.getMetadata().setName(STORE);
        supplied.setSpec(new ObjectStoreSpec(
                spec.environment(),
                ObjectStoreSpec.Driver.Static,
                spec.endpoint(),
                null,
                spec.region(),
                spec.adminSecret(),
                spec.caCertificate(),
                spec.reachableAs(),
                spec.internalEndpoints(),
                10));
        admin.resource(supplied).create();
        operator = platform.operator(new Faults(), Duration.ofSeconds(1));
    }

    @AfterAll
    void stop() {
        List.of("by-hand", "by-hand-too").forEach(name -> {
            if (platform.admin().resources(Tenant.class).withName(name).get() != null) {
                platform.remove(name);
            }
        });
        operator.close();
        platform.admin().resources(ObjectStore.class).withName(STORE).delete();
        users.forEach(user -> console.revokeKey(user, Slot.One));
        console.close();
    }

    @Test
    void a_tenant_waits_for_its_key_works_with_it_and_with_the_next_one_and_is_shut_out() {
        platform.apply(yaml("by-hand"));
        Tenant tenant = awaitReason("by-hand", "SecretMissing");
        String secret = SuppliedKeys.secretName(TenantIdentity.of(tenant));
        assertThat(message(tenant))
                .contains("Secret " + Bootstrap.KEYS_NAMESPACE + "/" + secret)
                .contains("access-key-id", "secret-access-key");
        assertThat(Delivered.database(platform, "by-hand--app").get("schema"))
                .as("nothing else waits")
                .isNotEmpty();

        Key first = made();
        supply(secret, first);
        Tenant ready = platform.awaitReady("by-hand");
        assertThat(Objects.requireNonNull(ready.getStatus().objectStore()).accessKeyId())
                .isEqualTo(first.id());
        assertThat(ready.getStatus().residualRisks())
                .anyMatch(risk -> risk.id().equals("object-store-without-revokes-keys"));
        Delivered delivered = Delivered.objectStore(platform, "by-hand--app");
        String bucket = delivered.get("bucket");
        assertThat(delivered.get("access-key-id")).isEqualTo(first.id());
        try (S3Client s3 = delivered.client()) {
            s3.putObject(r -> r.bucket(bucket).key("letter"), RequestBody.fromString("kept"));
        }
        String before = given();

        Key second = made();
        supply(secret, second);
        touch("by-hand");
        await(() -> assertThat(Delivered.objectStore(platform, "by-hand--app").get("access-key-id"))
                .isEqualTo(second.id()));
        await(() -> assertThat(given()).as("workloads roll").isNotEqualTo(before));
        try (S3Client s3 = Delivered.objectStore(platform, "by-hand--app").client()) {
            assertThat(s3.getObjectAsBytes(r -> r.bucket(bucket).key("letter")).asUtf8String())
                    .isEqualTo("kept");
        }
        assertThat(list(first, bucket)).isEqualTo(403);

        platform.apply(yaml("by-hand-too"));
        Tenant other = awaitReason("by-hand-too", "SecretMissing");
        supply(SuppliedKeys.secretName(TenantIdentity.of(other)), second);
        assertThat(message(awaitReason("by-hand-too", "Conflict")))
                .contains(secret)
                .contains(SuppliedKeys.secretName(TenantIdentity.of(other)));
        assertThat(list(second, bucket)).as("what was given before stays").isEqualTo(200);
        assertThat(list(second, TenantIdentity.of(other).bucket())).isIn(403, 404);

        platform.suspend("by-hand");
        await(() -> assertThat(list(second, bucket)).isEqualTo(403));
        try (S3Client root = S3Access.client(platform.endpoints().objectStore())) {
            assertThat(root.getObjectAsBytes(r -> r.bucket(bucket).key("letter"))
                            .asUtf8String())
                    .isEqualTo("kept");
        }
    }

    /** A user without rights of its own, and its key, as the provider makes them. */
    private Key made() {
        BucketPlan user = ObjectStorePlanner.closing(
                new TenantIdentity(UUID.randomUUID().toString()), "console", StoreCapabilities.of(Set.of()));
        String secret = "made-by-the-provider-" + UUID.randomUUID();
        console.issueKey(user, new SlotSecret(Slot.One, secret));
        users.add(user);
        return new Key(
                user.accessKeyId(Slot.One),
                secret,
                StoreKind.of(spec.driver()).keys(user.identity()).of(Slot.One).principal());
    }

    private void supply(String name, Key key) {
        platform.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(Bootstrap.KEYS_NAMESPACE)
                        .endMetadata()
                        .withStringData(Map.of(
                                "access-key-id", key.id(),
                                "secret-access-key", key.secret(),
                                "principal", key.principal()))
                        .build())
                .fieldManager("test")
                .forceConflicts()
                .serverSideApply();
    }

    /** Another display name: the tenant comes by at once instead of within ten minutes. */
    private void touch(String name) {
        platform.apply(yaml(name).replace("displayName: Secrets", "displayName: Secrets II"));
    }

    private static String yaml(String name) {
        return SecretTenant.using(name, "bulkhead-objectstore")
                .replace(
                        "objectStore: { deliverTo: [app]",
                        "objectStore: { store: " + STORE + ", deliverTo: [app, jobs]");
    }

    private Tenant awaitReason(String name, String reason) {
        await(() -> assertThat(ready(platform.tenant(name)).reason()).isEqualTo(reason));
        return platform.tenant(name);
    }

    private static String message(Tenant tenant) {
        return ready(tenant).message();
    }

    private static Condition ready(Tenant tenant) {
        Condition ready = Platform.condition(tenant, "Ready");
        assertThat(ready).isNotNull();
        return Objects.requireNonNull(ready);
    }

    /** What the pods of the workflow were given, as their template shows it. */
    private String given() {
        return String.valueOf(platform.admin()
                .apps()
                .deployments()
                .inNamespace("by-hand--jobs")
                .list()
                .getItems()
                .getFirst()
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getAnnotations());
    }

    private int list(Key key, String bucket) {
        try (S3Client s3 = S3Access.client(platform.endpoints().objectStore(), key.id(), key.secret())) {
            s3.listObjectsV2(r -> r.bucket(bucket));
            return 200;
        } catch (S3Exception e) {
            return e.statusCode();
        }
    }

    private static void await(ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .untilAsserted(assertion);
    }
}
