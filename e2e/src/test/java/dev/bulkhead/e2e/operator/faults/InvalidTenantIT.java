package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Edits;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.network.NetworkPlanner;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRingStore;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A spec that became wrong takes no wall down and keeps nobody in: what was last accepted is repaired, whom the spec no
 * longer names loses access, and spec.suspend closes.
 */
@ExtendWith(StackExtension.class)
class InvalidTenantIT {
    private static final String HELP = "aushilfe@waschhaus.example";
    private static final String USERS =
            "    users:\n      - user: " + HELP + "\n        until: \"2027-03-31\" # last day of access\n";

    private static final String MACHINES = "bulkhead-egress-machines";

    @TempDir
    private static Path directory;

    private static Site site;
    private Map<String, String> bystander;

    @BeforeAll
    static void open(KubernetesClient admin, StackEndpoints endpoints) {
        site = Site.open(admin, endpoints, directory, "beside-the-invalid");
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
    void it_is_kept_as_it_was_accepted_and_who_is_no_longer_named_loses_access() {
        SmallTenant tenant = SmallTenant.named("invalid-kept");
        site.apply(tenant);
        site.platform().awaitReady(tenant.name());
        assertThat(subjects(tenant)).contains(HELP);

        assertThat(policy(tenant, MACHINES).get()).isNotNull();

        site.apply(wrong(tenant).with(USERS, "").with("- name: machines\n", "- name: other-machines\n"));

        assertThat(site.await(tenant, "Ready", Status.False, Reason.UnknownPeer))
                .contains("gatway");
        Awaitility.await("a way that is no longer named is closed")
                .atMost(Platform.PATIENCE)
                .until(() -> policy(tenant, MACHINES).get() == null);
        Awaitility.await("nobody else is let in")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(subjects(tenant)).isNotEmpty().doesNotContain(HELP));
        policy(tenant).delete();
        Awaitility.await("the default deny is back")
                .atMost(Platform.PATIENCE)
                .until(() -> policy(tenant).get() != null);
        assertThat(site.await(tenant, "Reconciling", Status.False, Reason.Idle)).contains("kept as accepted");

        site.apply(tenant);
        site.platform().awaitReady(tenant.name());
        assertThat(subjects(tenant)).contains(HELP);
    }

    @Test
    void a_new_process_keeps_it_too() {
        SmallTenant tenant = SmallTenant.named("invalid-restarted");
        site.apply(tenant);
        site.platform().awaitReady(tenant.name());

        site.restart(() -> {
            site.apply(wrong(tenant).with(USERS, ""));
            policy(tenant).delete();
        });

        Awaitility.await("the default deny is back, and who is no longer named is out")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> {
                    assertThat(policy(tenant).get()).isNotNull();
                    assertThat(subjects(tenant)).isNotEmpty().doesNotContain(HELP);
                });
        assertThat(site.await(tenant, "Ready", Status.False, Reason.UnknownPeer))
                .contains("gatway");
        assertThat(site.await(tenant, "Reconciling", Status.False, Reason.Idle)).contains("kept as accepted");
    }

    @Test
    void a_new_process_keeps_it_when_its_profile_went() {
        KubernetesClient admin = site.platform().admin();
        TenantProfile profile =
                admin.resources(TenantProfile.class).withName("portal").require();
        TenantProfile shortLived = new TenantProfile();
        shortLived.setMetadata(new ObjectMetaBuilder().withName("short-lived").build());
        shortLived.setSpec(profile.getSpec());
        admin.resource(shortLived).create();
        SmallTenant tenant = SmallTenant.named("invalid-unprofiled").withProfile("short-lived");
        site.apply(tenant);
        site.platform().awaitReady(tenant.name());

        site.restart(() -> {
            admin.resource(shortLived).delete();
            policy(tenant).delete();
        });

        Awaitility.await("the default deny is back")
                .atMost(Platform.PATIENCE)
                .until(() -> policy(tenant).get() != null);
        site.await(tenant, "Ready", Status.False, Reason.UnknownProfile);
        assertThat(site.await(tenant, "Reconciling", Status.False, Reason.Idle)).contains("kept as accepted");
    }

    /** Whoever changes a Tenant while its keys cannot be read gets no more than the profile gives. */
    @Test
    void what_nobody_could_look_at_counts_as_accepted_by_nobody() {
        SmallTenant tenant = SmallTenant.named("invalid-unseen");
        site.apply(tenant);
        site.platform().awaitReady(tenant.name());
        Resource<Secret> ring = ring(tenant);
        String state = ring.get().getMetadata().getAnnotations().get(KeyRingStore.STATE);

        annotate(ring, KeyRingStore.STATE, null);
        site.apply(tenant.with(
                "[{ port: 443 }]\n        subprocessor: machine", "[{ port: 22 }]\n        subprocessor: machine"));
        site.await(tenant, "Ready", Status.False, Reason.KeyUnavailable);
        annotate(ring, KeyRingStore.STATE, state);

        assertThat(site.await(tenant, "Ready", Status.False, Reason.LooserThanProfile))
                .contains("22");
        assertThat(site.await(tenant, "Reconciling", Status.False, Reason.Idle)).contains("kept as accepted");
        assertThat(policy(tenant, MACHINES).get().getSpec().getEgress())
                .flatExtracting(NetworkPolicyEgressRule::getPorts)
                .extracting(port -> port.getPort().getIntVal())
                .containsOnly(443);
    }

    @Test
    void it_is_closed_when_it_is_suspended() {
        SmallTenant tenant = SmallTenant.named("invalid-closed");
        site.apply(tenant);
        site.platform().awaitReady(tenant.name());

        // What only the rules of the profile refuse does not hold a suspension up; one person in two roles does.
        site.apply(tenant.with(HELP, "inhaberin@waschhaus.example")
                .with("  displayName:", "  suspend: true\n  displayName:"));

        site.await(tenant, "Ready", Status.False, Reason.InvalidSpec);
        Awaitility.await("closed")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(site.await(tenant, "Reconciling", Status.False, Reason.Idle))
                        .contains("closed, as spec.suspend asks"));
        assertThat(deployments(tenant)).allMatch(d -> d.getSpec().getReplicas() == 0);
        assertThat(subjects(tenant)).doesNotContain(HELP);
        assertThat(policy(tenant).get()).isNotNull();
    }

    private static SmallTenant wrong(SmallTenant tenant) {
        return tenant.with("ingressFrom: [gateway]", "ingressFrom: [gatway]");
    }

    private static List<String> subjects(SmallTenant tenant) {
        return site
                .platform()
                .admin()
                .resources(RoleBinding.class)
                .inNamespace(tenant.namespace())
                .list()
                .getItems()
                .stream()
                .flatMap(binding -> binding.getSubjects().stream())
                .filter(subject -> subject.getKind().equals("User"))
                .map(Subject::getName)
                .toList();
    }

    private static Resource<Secret> ring(SmallTenant tenant) {
        KubernetesClient admin = site.platform().admin();
        String identity = admin.resources(Tenant.class)
                .withName(tenant.name())
                .require()
                .getStatus()
                .identity();
        return admin.secrets()
                .inNamespace(Bootstrap.NAMESPACE)
                .withName(new TenantIdentity(Objects.requireNonNull(identity)).keyRing());
    }

    private static void annotate(Resource<Secret> secret, String name, @Nullable String value) {
        Edits.edit(
                secret,
                found -> value == null
                        ? new SecretBuilder(found)
                                .editMetadata()
                                .removeFromAnnotations(name)
                                .endMetadata()
                                .build()
                        : new SecretBuilder(found)
                                .editMetadata()
                                .addToAnnotations(name, value)
                                .endMetadata()
                                .build());
    }

    private static List<Deployment> deployments(SmallTenant tenant) {
        return site.platform()
                .admin()
                .resources(Deployment.class)
                .inNamespace(tenant.namespace())
                .list()
                .getItems();
    }

    private static Resource<NetworkPolicy> policy(SmallTenant tenant) {
        return policy(tenant, NetworkPlanner.DEFAULT_DENY);
    }

    private static Resource<NetworkPolicy> policy(SmallTenant tenant, String name) {
        return site.platform()
                .admin()
                .network()
                .v1()
                .networkPolicies()
                .inNamespace(tenant.namespace())
                .withName(name);
    }
}
