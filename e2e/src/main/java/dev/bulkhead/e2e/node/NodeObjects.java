package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.bootstrap.Manifests;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a node needs in the API server, and what an earlier one left there. */
final class NodeObjects {
    private static final Set<String> CALICO_ROLES = Set.of("calico-node", "calico-cni-plugin");

    private final KubernetesClient admin;
    private final Manifests manifests;

    NodeObjects(KubernetesClient admin) {
        this.admin = admin;
        this.manifests = new Manifests(admin);
    }

    /** Before the kubelet starts. */
    void prepare(NodeSoftware software) {
        forget(admin);
        manifests.applyOne(binding("kubelet-api-admin", "system:kubelet-api-admin", "kube-apiserver-kubelet-client"));
        software.calico().ifPresent(folder -> {
            List<GenericKubernetesResource> objects = Manifests.inFile(folder.resolve("calico.yaml"));
            manifests.apply(objects.stream().filter(NodeObjects::isNeeded).toList());
            manifests.applyOne(binding("calico-node", "calico-node", "calico-node"));
            manifests.applyOne(binding("calico-cni", "calico-cni-plugin", "calico-cni"));
            manifests.applyOne(datastoreReady());
        });
    }

    private static boolean isNeeded(GenericKubernetesResource object) {
        return switch (object.getKind()) {
            case "CustomResourceDefinition" -> true;
            case "ClusterRole" -> CALICO_ROLES.contains(object.getMetadata().getName());
            default -> false;
        };
    }

    boolean isReady() {
        var node = admin.nodes().withName(Node.NAME).get();
        return node != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    /** Removes the node object and the pods on it: none of their containers exists any more. */
    static void forget(KubernetesClient admin) {
        if (admin.nodes().withName(Node.NAME).get() == null) {
            return;
        }
        try (KubernetesClient repairs = breakingTheGlass(admin)) {
            repairs.pods()
                    .inAnyNamespace()
                    .withField("spec.nodeName", Node.NAME)
                    .withGracePeriod(0)
                    .delete();
        }
        admin.nodes().withName(Node.NAME).delete();
    }

    /** A guard lets nobody take away the pods that evidence comes from, administrators neither, but as a repair. */
    static KubernetesClient breakingTheGlass(KubernetesClient admin) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(admin.getConfiguration())
                        .withImpersonateUsername("local-stack")
                        .withImpersonateGroups("system:masters", "system:authenticated", "bulkhead:break-glass")
                        .build())
                .build();
    }

    private static ClusterRoleBinding binding(String name, String role, String user) {
        return new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                .build();
    }

    /** Without it Calico's plugin waits for an installer. */
    private static GenericKubernetesResource datastoreReady() {
        return new GenericKubernetesResourceBuilder()
                .withApiVersion("crd.projectcalico.org/v1")
                .withKind("ClusterInformation")
                .withNewMetadata()
                .withName("default")
                .endMetadata()
                .addToAdditionalProperties(
                        "spec",
                        Map.of(
                                "datastoreReady", true,
                                "clusterGUID", "00000000000000000000000000000001",
                                "clusterType", "k8s"))
                .build();
    }
}
