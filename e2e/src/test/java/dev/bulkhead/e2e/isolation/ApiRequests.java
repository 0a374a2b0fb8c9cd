package dev.bulkhead.e2e.isolation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.function.Consumer;

/** What somebody can ask the API server for, as attacks need it. */
record ApiRequests(KubernetesClient client) {
    /** An image as the profiles want it. */
    static final String IMAGE = "registry.example/portal/web@sha256:" + "0123456789abcdef".repeat(4);

    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    /** Creates it for good. */
    HostileAttempt.Act create(HasMetadata object) {
        return () -> client.resource(object).create();
    }

    /** Asks whether it could be created; admission answers as if it were meant. */
    HostileAttempt.Act tryCreate(HasMetadata object) {
        return () -> client.resource(object).dryRun().create();
    }

    /** Lists a kind by its path. */
    HostileAttempt.Act get(String path) {
        return () -> client.raw(path, "GET", null);
    }

    /** Sends JSON to a path. */
    HostileAttempt.Act post(String path, String body) {
        return send("POST", path, body);
    }

    /** Sends JSON to a path, without asking first what is there. */
    HostileAttempt.Act send(String method, String path, String body) {
        return () -> client.raw(path, method, body);
    }

    /** Changes an object. */
    HostileAttempt.Act patch(Class<? extends HasMetadata> kind, String namespace, String name, String merge) {
        return () -> client.resources(kind)
                .inNamespace(namespace)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
    }

    /** Deletes an object. */
    HostileAttempt.Act delete(Class<? extends HasMetadata> kind, String namespace, String name) {
        return () ->
                client.resources(kind).inNamespace(namespace).withName(name).delete();
    }

    /** A pod that everything allows, but for what is done to it. */
    static Pod pod(String namespace, Consumer<Pod> change) {
        Pod pod = new PodBuilder(YAML.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata: { name: hostile, namespace: %s }
                spec:
                  automountServiceAccountToken: false
                  securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: RuntimeDefault } }
                  containers:
                    - name: main
                      image: %s
                      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
                      resources: { limits: { cpu: 10m, memory: 16Mi } }
                """.formatted(namespace, IMAGE), Pod.class)).build();
        change.accept(pod);
        return pod;
    }

    /** A NetworkPolicy over all pods; {@code rules} is YAML in braces. */
    static NetworkPolicy policy(String namespace, String rules) {
        return YAML.unmarshal("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: { name: hostile, namespace: %s }
                spec: { podSelector: {}, %s }
                """.formatted(namespace, rules), NetworkPolicy.class);
    }

    /** A Role; {@code rule} is YAML in braces. */
    static Role role(String namespace, String name, String rule) {
        return YAML.unmarshal("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: { name: %s, namespace: %s }
                rules: [ { %s } ]
                """.formatted(name, namespace, rule), Role.class);
    }

    /** A RoleBinding; {@code subject} is YAML in braces. */
    static RoleBinding binding(String namespace, String roleKind, String role, String subject) {
        return YAML.unmarshal("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: { name: hostile, namespace: %s }
                roleRef: { apiGroup: rbac.authorization.k8s.io, kind: %s, name: %s }
                subjects: [ { %s } ]
                """.formatted(namespace, roleKind, role, subject), RoleBinding.class);
    }

    /** Any object of a kind that the client knows. */
    static <T extends HasMetadata> T object(Class<T> kind, String yaml) {
        return YAML.unmarshal(yaml, kind);
    }

    /** A person as the subject of a binding. */
    static String user(String name) {
        return "apiGroup: rbac.authorization.k8s.io, kind: User, name: \"" + name + "\"";
    }

    /** A group as the subject of a binding. */
    static String group(String name) {
        return "apiGroup: rbac.authorization.k8s.io, kind: Group, name: \"" + name + "\"";
    }

    /** A ServiceAccount as the subject of a binding. */
    static String account(String namespace, String name) {
        return "kind: ServiceAccount, name: " + name + ", namespace: " + namespace;
    }
}
