package dev.bulkhead.e2e.chart;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Small valid objects of the kinds that the operator writes. */
final class Samples {
    static final String IDENTITY = "0b8f2f2e-6f0a-4c0e-9a55-1c1f1f9a7d01";

    private Samples() {}

    /** Labels of an object of a tenant, and of its namespace. */
    static Map<String, String> marks(String tenant) {
        return Map.of(
                "bulkhead.dev/owned",
                "true",
                "bulkhead.dev/tenant",
                tenant,
                "bulkhead.dev/identity",
                IDENTITY,
                "pod-security.kubernetes.io/enforce",
                "restricted");
    }

    static Namespace namespace(String name, Map<String, String> labels) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build();
    }

    static RoleBinding binding(String namespace, String clusterRole, Subject subject) {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withName(clusterRole)
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef()
                .withApiGroup("rbac.authorization.k8s.io")
                .withKind("ClusterRole")
                .withName(clusterRole)
                .endRoleRef()
                .withSubjects(subject)
                .build();
    }

    static Subject operator() {
        return serviceAccount(RenderedChart.NAMESPACE, "bulkhead-operator");
    }

    static Subject serviceAccount(String namespace, String name) {
        return new SubjectBuilder()
                .withKind("ServiceAccount")
                .withNamespace(namespace)
                .withName(name)
                .build();
    }

    static Subject user(String name) {
        return new SubjectBuilder()
                .withApiGroup("rbac.authorization.k8s.io")
                .withKind("User")
                .withName(name)
                .build();
    }

    static Secret secret(String namespace, String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withType("Opaque")
                .withStringData(Map.of("key", "value"))
                .build();
    }

    /** A Secret that the controller manager fills with a token of the ServiceAccount. */
    static Secret tokenSecret(String namespace, String serviceAccount) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName("token")
                .withNamespace(namespace)
                .addToAnnotations("kubernetes.io/service-account.name", serviceAccount)
                .endMetadata()
                .withType("kubernetes.io/service-account-token")
                .build();
    }

    static ConfigMap configMap(String namespace, String name) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .addToData("key", "value")
                .build();
    }

    static NetworkPolicy networkPolicy(String namespace) {
        return new NetworkPolicyBuilder()
                .withNewMetadata()
                .withName("deny")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .endSpec()
                .build();
    }

    static ResourceQuota quota(String namespace) {
        return new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("total")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .addToHard("pods", new Quantity("10"))
                .endSpec()
                .build();
    }

    static LimitRange limits(String namespace) {
        return new LimitRangeBuilder()
                .withNewMetadata()
                .withName("limits")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .addNewLimit()
                .withType("Container")
                .addToMax("cpu", new Quantity("2"))
                .endLimit()
                .endSpec()
                .build();
    }

    static ServiceAccount account(String namespace) {
        return new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("workflow")
                .withNamespace(namespace)
                .endMetadata()
                .withAutomountServiceAccountToken(false)
                .build();
    }

    static Deployment deployment(String namespace) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("workflow")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withNewSelector()
                .addToMatchLabels("app", "workflow")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "workflow")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("registry.example/workflow:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    static PodDisruptionBudget disruptionBudget(String namespace) {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName("workflow")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withNewMaxUnavailable(1)
                .withNewSelector()
                .addToMatchLabels("app", "workflow")
                .endSelector()
                .endSpec()
                .build();
    }

    /** A Tenant with what a Tenant cannot do without. */
    static GenericKubernetesResource tenant(String name) {
        return ours("Tenant", name)
                .addToAdditionalProperties(
                        "spec",
                        Map.of(
                                "profile",
                                "portal",
                                "displayName",
                                "Sample " + name,
                                "namespaces",
                                List.of(Map.of("name", "app")),
                                "quota",
                                Map.of("cpu", "1", "memory", "1Gi")))
                .build();
    }

    static GenericKubernetesResource tombstone(String name, Map<String, ?> spec) {
        return ours("Tombstone", name).addToAdditionalProperties("spec", spec).build();
    }

    static GenericKubernetesResource rotation(String name, String trigger) {
        return ours("Rotation", name)
                .addToAdditionalProperties("spec", Map.of("tenant", "nobody", "trigger", trigger))
                .build();
    }

    /** An Incident of a tenant that nobody has, as the prober writes one. */
    static GenericKubernetesResource incident(String name, Instant found) {
        String at = found.truncatedTo(ChronoUnit.SECONDS).toString();
        return ours("Incident", name)
                .addToAdditionalProperties(
                        "spec",
                        Map.of(
                                "finding",
                                Map.of(
                                        "tenant",
                                        "nobody",
                                        "identity",
                                        IDENTITY,
                                        "control",
                                        "TI-NET",
                                        "message",
                                        "lets in everybody",
                                        "foundAt",
                                        at,
                                        "documentBy",
                                        at,
                                        "notifyBy",
                                        at,
                                        "reportBy",
                                        at)))
                .build();
    }

    private static GenericKubernetesResourceBuilder ours(String kind, String name) {
        return new GenericKubernetesResourceBuilder()
                .withApiVersion("bulkhead.dev/v1beta1")
                .withKind(kind)
                .withNewMetadata()
                .withName(name)
                .endMetadata();
    }
}
