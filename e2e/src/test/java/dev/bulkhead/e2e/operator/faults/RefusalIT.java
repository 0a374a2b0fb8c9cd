package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.TenantSecretSpec;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.SealedValue;
import dev.bulkhead.operator.secret.SealingPublicKey;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A Tenant that asks for what it may not have, or for what is not there: told why, and nothing is made meanwhile. */
@ExtendWith(StackExtension.class)
class RefusalIT {
    @TempDir
    private static Path directory;

    private static Site site;
    private Map<String, String> bystander;

    @BeforeAll
    static void open(KubernetesClient admin, StackEndpoints endpoints) {
        site = Site.open(admin, endpoints, directory, "beside-refusals");
    }

    @AfterAll
    static void close() {
        site.close();
    }

    @BeforeEach
    void look() {
        bystander = site.bystanderNow();
    }

    @AfterEach
    void the_tenant_beside_was_not_touched() {
        assertThat(Differences.between(bystander, site.bystanderNow())).isEmpty();
    }

    @Test
    void an_unknown_profile() {
        SmallTenant tenant = tenant("no-profile").withProfile("nobody-wrote-it");
        site.apply(tenant);

        assertThat(site.await(tenant, "Ready", Status.False, Reason.UnknownProfile))
                .contains("nobody-wrote-it");
        site.await(tenant, "Stalled", Status.True, Reason.UnknownProfile);
        nothingWasMade(tenant);
    }

    @Test
    void an_image_that_is_not_named_by_its_digest() {
        SmallTenant tenant = tenant("no-digest");
        String digest = "@sha256:b8c5d1e07f2a46938d0e57bc1a94f36270e8db15c43f9a2067e1bd58f40a9c73";
        site.apply(tenant.with(digest, ":latest"));

        assertThat(site.await(tenant, "Ready", Status.False, Reason.ImageNotAllowed))
                .contains("workflows")
                .contains("portal");
        assertThat(site.platform().tenant(tenant.name()).getStatus().phase()).isEqualTo(TenantPhase.Invalid);
        nothingWasMade(tenant);

        site.apply(tenant);
        site.platform().awaitReady(tenant.name());
    }

    @Test
    void looser_than_the_profile() {
        SmallTenant tenant = tenant("too-loose");
        site.apply(tenant.with("replicas: 2", "replicas: 1"));

        assertThat(site.await(tenant, "Ready", Status.False, Reason.LooserThanProfile))
                .contains("replicas")
                .contains("002-25");
        nothingWasMade(tenant);

        site.apply(tenant);
        site.platform().awaitReady(tenant.name());
    }

    @Test
    void a_workflow_whose_secret_nobody_has_sealed_yet() {
        SmallTenant tenant =
                tenant("no-secret").with("secrets: [bulkhead-objectstore]", "secrets: [bulkhead-objectstore, smtp]");
        site.apply(tenant);

        site.platform().awaitReady(tenant.name());
        assertThat(site.await(tenant, "WorkloadsAvailable", Status.False, Reason.SecretMissing))
                .contains("workflow portal")
                .contains("Secret " + tenant.namespace() + "/smtp")
                .contains("./bulkhead seal");
        assertThat(deployments(tenant)).isZero();

        seal(tenant, "smtp");
        site.await(tenant, "WorkloadsAvailable", Status.False, Reason.PodsUnavailable); // nodes there are none
        assertThat(deployments(tenant)).isOne();
    }

    private static int deployments(SmallTenant tenant) {
        return site.platform()
                .admin()
                .resources(Deployment.class)
                .inNamespace(tenant.namespace())
                .list()
                .getItems()
                .size();
    }

    /** As anybody can who may read the ConfigMap. */
    private static void seal(SmallTenant tenant, String name) {
        Map<String, String> card = site.platform()
                .admin()
                .configMaps()
                .inNamespace(tenant.namespace())
                .withName(SealingPublicKey.CONFIG_MAP)
                .require()
                .getData();
        SealingPublicKey key = new SealingPublicKey(
                card.getOrDefault(SealingPublicKey.IDENTITY_KEY, ""),
                Integer.parseInt(card.getOrDefault(SealingPublicKey.VERSION_KEY, "0")),
                card.getOrDefault(SealingPublicKey.PUBLIC_KEY_KEY, ""));
        String sealed = SealedValue.seal(
                key,
                new SealedValue.SealTarget(tenant.namespace(), name, "password"),
                System.currentTimeMillis(),
                "correct horse".getBytes(StandardCharsets.UTF_8),
                new SecureRandom());
        TenantSecret secret = new TenantSecret();
        secret.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(tenant.namespace())
                .build());
        secret.setSpec(new TenantSecretSpec(TenantSecretSpec.SecretType.Opaque, Map.of("password", sealed), null));
        site.platform().admin().resource(secret).create();
    }

    private static SmallTenant tenant(String name) {
        return SmallTenant.named(name).onServer(Site.SOLID).onStore(Site.SOLID);
    }

    private static void nothingWasMade(SmallTenant tenant) {
        assertThat(site.compartment().of(tenant.name()).keySet())
                .containsExactlyInAnyOrder("Tenant <tenant>", "delivered login", "delivered key");
    }
}
