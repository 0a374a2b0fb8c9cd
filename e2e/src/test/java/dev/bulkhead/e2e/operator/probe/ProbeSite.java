package dev.bulkhead.e2e.operator.probe;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.TenantSpec.People;
import dev.bulkhead.api.v1beta1.TenantSpec.Person;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.operator.access.Principal;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.probe.PlatformAccounts;
import dev.bulkhead.operator.validate.PlatformSettings;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.List;
import java.util.Map;

/** A prober with the rights that the chart gives it, and those for the canary tenants: what it cannot do, no test does. */
final class ProbeSite implements AutoCloseable {
    private static final String ACCOUNT = "bulkhead-prober";
    private static final String CANARY = "bulkhead-canary-under-test";

    static final PlatformSettings SETTINGS = new PlatformSettings(
            Bootstrap.NAMESPACE,
            "v1.37",
            List.of("10.244.0.0/16"),
            List.of("10.96.0.0/16"),
            List.of("127.0.0.0/8"),
            "kube-system",
            Map.of("k8s-app", "kube-dns"));

    static final PlatformAccounts ACCOUNTS = new PlatformAccounts(
            Principal.account(Bootstrap.NAMESPACE, "bulkhead-operator"),
            Principal.account(Bootstrap.NAMESPACE, ACCOUNT),
            Bootstrap.KEYS_NAMESPACE,
            List.of());

    private static final String CANARY_RIGHTS = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: { name: bulkhead-canary-under-test }
            rules:
              - { apiGroups: [bulkhead.dev], resources: [tenantsecrets], verbs: [get, list, create, delete] }
              - { apiGroups: [""], resources: [configmaps], verbs: [get, list] }
              - { apiGroups: [""], resources: [pods, events], verbs: [list] }
            """;

    private final KubernetesClient admin;
    private final KubernetesClient prober;

    private ProbeSite(KubernetesClient admin, KubernetesClient prober) {
        this.admin = admin;
        this.prober = prober;
    }

    static ProbeSite on(Platform platform) {
        KubernetesClient admin = platform.admin();
        admin.resource(admin.getKubernetesSerialization().unmarshal(CANARY_RIGHTS, ClusterRole.class))
                .serverSideApply();
        TokenRequest token = admin.serviceAccounts()
                .inNamespace(Bootstrap.NAMESPACE)
                .withName(ACCOUNT)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(3600L)
                        .endSpec()
                        .build());
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(platform.endpoints().kubernetes().apiServerUrl())
                .withCaCertFile(platform.endpoints().kubernetes().caCertificate())
                .withOauthToken(token.getStatus().getToken())
                .build();
        return new ProbeSite(
                admin, new KubernetesClientBuilder().withConfig(config).build());
    }

    /** A client with the prober's rights. */
    KubernetesClient prober() {
        return prober;
    }

    /** Lets the prober make TenantSecrets in a namespace of a canary tenant. */
    void admitToCanary(String namespace) {
        admin.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(CANARY)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", CANARY)
                        .addNewSubject("", "ServiceAccount", ACCOUNT, Bootstrap.NAMESPACE)
                        .build())
                .serverSideApply();
    }

    static ClusterRoleBinding clusterBinding(String name, String role, String kind, String subject) {
        boolean account = kind.equals("ServiceAccount");
        return new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject(
                        account ? "" : "rbac.authorization.k8s.io", kind, subject, account ? Bootstrap.NAMESPACE : null)
                .build();
    }

    /** The tenant as the prober sees it. */
    Subject subject(String tenant) {
        return Subject.of(prober.resources(Tenant.class).withName(tenant).require())
                .orElseThrow(() -> new AssertionError(tenant + " has no compartment"));
    }

    /** The tenant, if its spec named this one admin and nobody else. */
    static Subject administeredBy(Subject subject, String user) {
        TenantSpec spec = subject.spec();
        People people = new People(List.of(new Person(user, null, null)), List.of(), List.of());
        TenantSpec changed = new TenantSpec(
                spec.profile(),
                spec.displayName(),
                spec.environment(),
                spec.protectionNeed(),
                spec.dataCategories(),
                spec.contract(),
                people,
                spec.namespaces(),
                spec.quota(),
                spec.network(),
                spec.database(),
                spec.objectStore(),
                spec.workflows(),
                spec.retention(),
                spec.suspend(),
                spec.adopt());
        return new Subject(subject.tenant(), subject.identity(), changed, subject.homes());
    }

    static List<Trial> of(List<Trial> trials, Control control) {
        return trials.stream().filter(t -> t.proves() == control).toList();
    }

    @Override
    public void close() {
        prober.close();
        admin.rbac().clusterRoles().withName(CANARY).delete();
    }
}
