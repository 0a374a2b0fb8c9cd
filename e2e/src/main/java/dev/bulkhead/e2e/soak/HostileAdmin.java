package dev.bulkhead.e2e.soak;

import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * A tenant's admin who tries to get out, and to be much: objects until the counts refuse them, policies, roles, bindings, annotations,
 * values that nobody sealed, pods that fill the node's disk.
 */
final class HostileAdmin implements AutoCloseable {
    private static final String LABEL = "soak";
    /** More than any count allows, so that the last ones are refused. */
    private static final int MANY = 300;
    /** What an emptyDir of the tenant would have to hold to be noticed, bounded for the sake of the machine. */
    private static final String FILL_MEBIBYTES = "3000";

    private final Person person;
    private final String tenant;
    private final String namespace;
    private final String image;

    /**
     * Does nothing yet.
     *
     * @param image of the node's workloads; empty without a node
     */
    HostileAdmin(KubernetesClient admin, String tenant, String image, Attempts attempts) {
        this.person = new Person(admin, SoakTenants.admin(tenant), attempts);
        this.tenant = tenant;
        this.namespace = SoakTenants.jobs(tenant);
        this.image = image;
    }

    /** All of it once; what the round before made goes first. */
    void round(int number) {
        tidy();
        if (number % 4 == 3) { // seldom enough that it is seen what became of them
            KubernetesClient client = person.client();
            person.delete(
                    "deletes failed pods",
                    () -> client.pods()
                            .inNamespace(namespace)
                            .withLabel("made-by", LABEL)
                            .withField("status.phase", "Failed")
                            .delete());
        }
        policies();
        rights(number);
        marks(number);
        secrets(number);
        many(number % 2 == 0 ? "ConfigMap" : "Service");
        if (!image.isEmpty()) {
            pods();
        }
    }

    private void policies() {
        person.apply("policy within the tenant", object("networking.k8s.io/v1", "NetworkPolicy", "own", """
                spec: { podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: {} }] }] }
                """));
        person.apply("policy that lets everybody in", object("networking.k8s.io/v1", "NetworkPolicy", "open", """
                spec: { podSelector: {}, policyTypes: [Ingress], ingress: [{}] }
                """));
        person.apply("policy that lets out to everywhere", object("networking.k8s.io/v1", "NetworkPolicy", "out", """
                spec: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }] }
                """));
    }

    private void rights(int number) {
        person.apply("role within own rights", object("rbac.authorization.k8s.io/v1", "Role", "own", """
                rules: [{ apiGroups: [""], resources: [pods], verbs: [get, list] }]
                """));
        person.apply("role that reads Secrets", object("rbac.authorization.k8s.io/v1", "Role", "secrets", """
                rules: [{ apiGroups: [""], resources: [secrets], verbs: [get, list] }]
                """));
        person.apply("binding of own program", binding("own-" + number % 5, "Role", "own", """
                { kind: ServiceAccount, name: default, namespace: %s }""".formatted(namespace)));
        person.apply("binding of everybody", binding("everybody", "Role", "own", """
                { kind: Group, name: "system:authenticated", apiGroup: rbac.authorization.k8s.io }"""));
        person.apply("binding of a stranger", binding("stranger", "Role", "own", """
                { kind: User, name: stranger@example.com, apiGroup: rbac.authorization.k8s.io }"""));
        person.apply("binding of cluster-admin", binding("root", "ClusterRole", "cluster-admin", """
                { kind: User, name: "%s", apiGroup: rbac.authorization.k8s.io }""".formatted(
                        SoakTenants.admin(tenant))));
    }

    private void marks(int number) {
        person.apply("ConfigMap with 100 KB of annotations", """
                apiVersion: v1
                kind: ConfigMap
                metadata: { name: fat, namespace: %s, annotations: { a: "%s" } }
                """.formatted(namespace, "x".repeat(100_000)));
        person.apply(
                "ConfigMap of the operator's name", object("v1", "ConfigMap", "bulkhead-tenant", "data: { a: b }"));
        person.apply(
                "ConfigMap of 900 KB",
                object("v1", "ConfigMap", "big-" + number % 3, "data: { a: \"" + "x".repeat(900_000) + "\" }"));
        person.apply("namespace of its own", """
                apiVersion: v1
                kind: Namespace
                metadata: { name: %s--more }
                """.formatted(tenant));
    }

    private void secrets(int number) {
        person.apply(
                "TenantSecret that nobody sealed",
                object("bulkhead.dev/v1beta1", "TenantSecret", "unsealed-" + number % 4, """
                spec: { type: Opaque, data: { password: "TSH1%s" } }
                """.formatted(
                                "A".repeat(120))));
    }

    /** Until the tenant's count refuses the next. */
    private void many(String kind) {
        String content = kind.equals("Service") ? "spec: { clusterIP: None, ports: [{ port: 80 }] }" : "data: { a: b }";
        for (int i = 0; i < MANY; i++) {
            if (!person.apply("one " + kind + " more", object("v1", kind, "many-" + i, content))) {
                return;
            }
        }
    }

    private void pods() {
        person.apply("pod that fills the disk", pod("disk-eater", "[fill, /d/fill, \"" + FILL_MEBIBYTES + "\"]"));
        person.apply("pod that crashes", pod("crasher", "[no-such-command]"));
        person.apply(
                "pod with the node's network", pod("host", "[pause]").replace("spec:", "spec:\n  hostNetwork: true"));
    }

    private String pod(String name, String arguments) {
        return object("v1", "Pod", name, """
                spec:
                  restartPolicy: Never
                  securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: RuntimeDefault } }
                  containers:
                    - name: c
                      image: "%s"
                      args: %s
                      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
                      resources: { requests: { cpu: 20m, memory: 32Mi }, limits: { cpu: 200m, memory: 64Mi } }
                      volumeMounts: [{ name: d, mountPath: /d }]
                  volumes: [{ name: d, emptyDir: {} }]
                """.formatted(image, arguments));
    }

    private String binding(String name, String roleKind, String role, String subject) {
        return object("rbac.authorization.k8s.io/v1", "RoleBinding", name, """
                roleRef: { apiGroup: rbac.authorization.k8s.io, kind: %s, name: %s }
                subjects: [%s]
                """.formatted(roleKind, role, subject));
    }

    private String object(String version, String kind, String name, String content) {
        return """
                apiVersion: %s
                kind: %s
                metadata: { name: %s, namespace: %s, labels: { made-by: %s } }
                """.formatted(version, kind, name, namespace, LABEL) + content;
    }

    /** Takes away what it made but its pods, which go with the tenant. */
    void tidy() {
        KubernetesClient client = person.client();
        person.delete(
                "deletes ConfigMaps",
                () -> client.configMaps()
                        .inNamespace(namespace)
                        .withLabel("made-by", LABEL)
                        .delete());
        person.delete(
                "deletes Services",
                () -> client.services()
                        .inNamespace(namespace)
                        .withLabel("made-by", LABEL)
                        .delete());

        person.delete(
                "deletes policies",
                () -> client.network()
                        .networkPolicies()
                        .inNamespace(namespace)
                        .withLabel("made-by", LABEL)
                        .delete());
        person.delete(
                "deletes bindings",
                () -> client.rbac()
                        .roleBindings()
                        .inNamespace(namespace)
                        .withLabel("made-by", LABEL)
                        .delete());
    }

    @Override
    public void close() {
        person.close();
    }
}
