package dev.bulkhead.e2e.guard;

import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.operator.guard.GuardManifests;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A canary tenant with a running operator, and somebody whom RBAC lets do nearly everything, so that nothing but the
 * guards stands in the way: no right on Tenants but to delete them and to say how they are, and no glass broken.
 */
final class CanarySite implements AutoCloseable {
    static final String TENANT = "guards-canary";
    static final String NAMESPACE = TENANT + "--app";
    static final String IMAGE = "registry.bulkhead.invalid/canary@sha256:" + "0123456789abcdef".repeat(4);

    private static final String ATTACKER = "guards-attacker";

    /** One of the tenant's own programs, as far as guards can tell. */
    private static final String ACCOUNT = "system:serviceaccount:" + NAMESPACE + ":" + ATTACKER;

    private final Platform platform;
    private final Platform.RunningOperator operator;
    private final KubernetesClient attacker;

    private CanarySite(Platform platform, Platform.RunningOperator operator, KubernetesClient attacker) {
        this.platform = platform;
        this.operator = operator;
        this.attacker = attacker;
    }

    /** Installs, makes the tenant and waits for it. */
    static CanarySite start(KubernetesClient admin, StackEndpoints endpoints, Path directory) {
        Platform platform = Platform.install(admin, endpoints, directory);
        Platform.RunningOperator operator = platform.operator(new Faults(), Duration.ofSeconds(2));
        admin.resource(GuardManifests.profile() + "    pods.devices: { oneOf: [" + Platform.DEVICE
                        + "], measure: [guard-16] }\n")
                .serverSideApply();
        platform.apply("""
                apiVersion: bulkhead.dev/v1beta1
                kind: Tenant
                metadata: { name: %s }
                spec:
                  profile: bulkhead-canary
                  displayName: Canary
                  people: { users: [{ user: canary@bulkhead.invalid }] }
                  namespaces: [{ name: app }]
                  quota: { cpu: "1", memory: 1Gi, storage: 10Gi, pods: 5, devices: { %s: 1 } }
                  workflows: [{ name: canary, namespace: app, image: "%s", replicas: 1 }]
                """.formatted(TENANT, Platform.DEVICE, IMAGE));
        platform.awaitReady(TENANT);
        admin.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(ATTACKER)
                        .endMetadata()
                        .addToRules(new PolicyRuleBuilder()
                                .withApiGroups("", "apps", "batch", "discovery.k8s.io", "networking.k8s.io", "policy")
                                .withResources("*")
                                .withVerbs("*")
                                .build())
                        .addToRules(
                                new PolicyRuleBuilder() // all but escalate, which guard 9 takes for the chart's
                                        .withApiGroups("rbac.authorization.k8s.io")
                                        .withResources("*")
                                        .withVerbs(
                                                "get", "list", "watch", "create", "update", "patch", "delete", "bind")
                                        .build())
                        .addToRules(new PolicyRuleBuilder()
                                .withApiGroups("bulkhead.dev")
                                .withResources("tenants")
                                .withVerbs("get", "delete")
                                .build())
                        .addToRules(new PolicyRuleBuilder()
                                .withApiGroups("bulkhead.dev", "openreports.io")
                                .withResources("tenants/status", "incidents", "clusterreports")
                                .withVerbs("create", "patch")
                                .build())
                        .build())
                .serverSideApply();
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(ATTACKER)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", ATTACKER)
                        .addNewSubject("rbac.authorization.k8s.io", "User", ACCOUNT, null)
                        .build())
                .serverSideApply();
        return new CanarySite(platform, operator, actingAs(admin, ACCOUNT));
    }

    Platform platform() {
        return platform;
    }

    Platform.RunningOperator operator() {
        return operator;
    }

    /** The attacker, for the caller to use and not to close. */
    KubernetesClient attacker() {
        return attacker;
    }

    /** A client that acts as a user in these groups; the caller closes it. */
    static KubernetesClient actingAs(KubernetesClient admin, String user, String... groups) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(admin.getConfiguration())
                        .withImpersonateUsername(user)
                        .withImpersonateGroups(groups)
                        .build())
                .build();
    }

    @Override
    public void close() {
        platform.remove(TENANT);
        operator.close();
        attacker.close();
        platform.admin().rbac().clusterRoleBindings().withName(ATTACKER).delete();
        platform.admin().rbac().clusterRoles().withName(ATTACKER).delete();
        platform.admin().namespaces().withName(NAMESPACE).delete();
    }
}
