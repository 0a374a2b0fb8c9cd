package dev.bulkhead.e2e.soak;

import dev.bulkhead.api.v1beta1.ApiGroup;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A GitOps tool as they are installed: a ServiceAccount of its own, bound to cluster-admin, which applies and applies again. */
final class GitOps implements AutoCloseable {
    static final String NAMESPACE = "gitops";
    static final String ACCOUNT = "applier";
    /** Its binding. */
    static final String BINDING = "gitops-applier";

    private static final Duration TOKEN = Duration.ofHours(12);
    private static final String VERSION = ApiGroup.NAME + "/" + ApiGroup.VERSION;

    private final KubernetesClient admin;
    private final KubernetesClient client;

    private GitOps(KubernetesClient admin, KubernetesClient client) {
        this.admin = admin;
        this.client = client;
    }

    /** Makes the account and its binding, and logs in as it. Repeatable. */
    static GitOps install(KubernetesClient admin) {
        for (HasMetadata object : objects()) {
            admin.resource(object)
                    .fieldManager("bulkhead-soak")
                    .forceConflicts()
                    .serverSideApply();
        }
        String token = admin.serviceAccounts()
                .inNamespace(NAMESPACE)
                .withName(ACCOUNT)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(TOKEN.toSeconds())
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
        Config way = admin.getConfiguration();
        return new GitOps(
                admin,
                new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder(Config.empty())
                                .withMasterUrl(way.getMasterUrl())
                                .withCaCertFile(way.getCaCertFile())
                                .withCaCertData(way.getCaCertData())
                                .withOauthToken(token)
                                .build())
                        .build());
    }

    private static List<HasMetadata> objects() {
        return List.of(
                new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build(),
                new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(ACCOUNT)
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .build(),
                new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(BINDING)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                        .addNewSubject("", "ServiceAccount", ACCOUNT, NAMESPACE)
                        .build());
    }

    /** Applies a Tenant of this spec and returns what the API server has then. */
    GenericKubernetesResource apply(String tenant, Map<String, Object> spec) {
        GenericKubernetesResource object = named(tenant);
        object.setAdditionalProperty("spec", spec);
        return client.resource(object).fieldManager("gitops").forceConflicts().serverSideApply();
    }

    /** Leaves the fields of a Tenant to who else applied them. */
    void release(String tenant) {
        client.resource(named(tenant)).fieldManager("gitops").forceConflicts().serverSideApply();
    }

    private static GenericKubernetesResource named(String tenant) {
        return new GenericKubernetesResourceBuilder()
                .withApiVersion(VERSION)
                .withKind("Tenant")
                .withNewMetadata()
                .withName(tenant)
                .endMetadata()
                .build();
    }

    /** Takes account and binding away. Repeatable. */
    void uninstall() {
        objects().reversed().forEach(object -> admin.resource(object).delete());
    }

    @Override
    public void close() {
        client.close();
    }
}
