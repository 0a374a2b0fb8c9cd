package dev.bulkhead.e2e.operator.drift;

import dev.bulkhead.e2e.operator.Edits;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One thing an intruder with all rights does to an object of a tenant. */
record KubernetesDrift(String title, Function<KubernetesClient, HasMetadata> change) {
    private static final String DENY = "bulkhead-default-deny";
    private static final String ADMINS = "bulkhead-tenant-admins";
    private static final String QUOTA = "bulkhead-quota";
    private static final String CARD = "bulkhead-tenant";
    private static final String READER = "workflow-reader";

    /** Does it; returns the object as it is then, or, where it was deleted, as it was. */
    HasMetadata apply(KubernetesClient admin) {
        return change.apply(admin);
    }

    @Override
    public String toString() {
        return title;
    }

    static Stream<KubernetesDrift> edits(String app, String jobs) {
        return Stream.of(
                        network(app),
                        deployments(jobs),
                        access(app),
                        boundary(app, jobs),
                        marks(app, jobs),
                        madeAnew(app, jobs))
                .flatMap(List::stream);
    }

    private static List<KubernetesDrift> network(String app) {
        return List.of(
                edit(
                        "an allow-all ingress rule in the default deny",
                        NetworkPolicy.class,
                        app,
                        DENY,
                        p -> new NetworkPolicyBuilder(p)
                                .editSpec()
                                .withIngress(new NetworkPolicyIngressRule())
                                .endSpec()
                                .build()),
                edit(
                        "a default deny that selects nothing any more",
                        NetworkPolicy.class,
                        app,
                        DENY,
                        p -> new NetworkPolicyBuilder(p)
                                .editSpec()
                                .withNewPodSelector()
                                .addToMatchLabels("no", "such-pod")
                                .endPodSelector()
                                .endSpec()
                                .build()),
                edit(
                        "an egress destination made wider",
                        NetworkPolicy.class,
                        app,
                        "bulkhead-egress-mail",
                        p -> new NetworkPolicyBuilder(p)
                                .editSpec()
                                .editFirstEgress()
                                .withPorts()
                                .endEgress()
                                .endSpec()
                                .build()));
    }

    private static List<KubernetesDrift> deployments(String jobs) {
        return List.of(
                deployment(
                        "hostNetwork",
                        jobs,
                        d -> new DeploymentBuilder(d)
                                .editSpec()
                                .editTemplate()
                                .editSpec()
                                .withHostNetwork(true)
                                .endSpec()
                                .endTemplate()
                                .endSpec()
                                .build()),
                deployment(
                        "an extra container",
                        jobs,
                        d -> new DeploymentBuilder(d)
                                .editSpec()
                                .editTemplate()
                                .editSpec()
                                .addNewContainer()
                                .withName("extra")
                                .withImage("registry.example/extra:latest")
                                .endContainer()
                                .endSpec()
                                .endTemplate()
                                .endSpec()
                                .build()),
                deployment(
                        "a privileged container",
                        jobs,
                        d -> new DeploymentBuilder(d)
                                .editSpec()
                                .editTemplate()
                                .editSpec()
                                .editFirstContainer()
                                .withNewSecurityContext()
                                .withPrivileged(true)
                                .endSecurityContext()
                                .endContainer()
                                .endSpec()
                                .endTemplate()
                                .endSpec()
                                .build()),
                deployment(
                        "another image",
                        jobs,
                        d -> new DeploymentBuilder(d)
                                .editSpec()
                                .editTemplate()
                                .editSpec()
                                .editFirstContainer()
                                .withImage("registry.example/reader:evil")
                                .endContainer()
                                .endSpec()
                                .endTemplate()
                                .endSpec()
                                .build()),
                deployment(
                        "no replicas",
                        jobs,
                        d -> new DeploymentBuilder(d)
                                .editSpec()
                                .withReplicas(0)
                                .endSpec()
                                .build()),
                edit(
                        "a disruption budget that lets all pods go",
                        PodDisruptionBudget.class,
                        jobs,
                        READER,
                        b -> new PodDisruptionBudgetBuilder(b)
                                .editSpec()
                                .withNewMaxUnavailable("100%")
                                .withMinAvailable(null)
                                .endSpec()
                                .build()));
    }

    private static List<KubernetesDrift> access(String app) {
        return List.of(
                edit(
                        "another subject beside the admins",
                        RoleBinding.class,
                        app,
                        ADMINS,
                        b -> new RoleBindingBuilder(b)
                                .addNewSubject()
                                .withApiGroup("rbac.authorization.k8s.io")
                                .withKind("Group")
                                .withName("system:authenticated")
                                .endSubject()
                                .build()),
                edit(
                        "a token for the default ServiceAccount",
                        ServiceAccount.class,
                        app,
                        "default",
                        a -> new ServiceAccountBuilder(a)
                                .withAutomountServiceAccountToken(true)
                                .build()));
    }

    private static List<KubernetesDrift> boundary(String app, String jobs) {
        return List.of(
                edit(
                        "a larger quota",
                        ResourceQuota.class,
                        app,
                        QUOTA,
                        q -> new ResourceQuotaBuilder(q)
                                .editSpec()
                                .addToHard("pods", new Quantity("5000"))
                                .removeFromHard("services.nodeports")
                                .endSpec()
                                .build()),
                edit(
                        "no limits",
                        LimitRange.class,
                        jobs,
                        "bulkhead-limits",
                        l -> new LimitRangeBuilder(l)
                                .editSpec()
                                .withLimits(l.getSpec().getLimits().getLast())
                                .endSpec()
                                .build()),
                new KubernetesDrift(
                        "pod security weakened on the namespace",
                        admin -> Edits.edit(
                                admin.namespaces().withName(app),
                                n -> labelled(n, "pod-security.kubernetes.io/enforce", "privileged"))),
                new KubernetesDrift(
                        "pod security taken off the namespace",
                        admin -> Edits.edit(
                                admin.namespaces().withName(app),
                                n -> labelled(n, "pod-security.kubernetes.io/enforce", null))),
                new KubernetesDrift(
                        "a namespace that says it is another tenant's",
                        admin -> Edits.edit(
                                admin.namespaces().withName(jobs),
                                n -> labelled(n, "bulkhead.dev/tenant", "somebody-else"))),
                edit(
                        "a forged card",
                        ConfigMap.class,
                        app,
                        CARD,
                        c -> new ConfigMapBuilder(c)
                                .addToData("isolation", "Verified")
                                .addToData("foreign", "key")
                                .build()));
    }

    private static List<KubernetesDrift> marks(String app, String jobs) {
        return List.of(
                edit(
                        "a foreign finalizer",
                        NetworkPolicy.class,
                        app,
                        DENY,
                        p -> new NetworkPolicyBuilder(p)
                                .editMetadata()
                                .withFinalizers("example.org/hold")
                                .endMetadata()
                                .build()),
                edit(
                        "an owner who would take it along",
                        NetworkPolicy.class,
                        app,
                        DENY,
                        p -> new NetworkPolicyBuilder(p)
                                .editMetadata()
                                .addNewOwnerReference()
                                .withApiVersion("v1")
                                .withKind("ServiceAccount")
                                .withName("default")
                                .withUid("00000000-0000-4000-8000-000000000000")
                                .endOwnerReference()
                                .endMetadata()
                                .build()),
                edit(
                        "a foreign label and annotation",
                        Deployment.class,
                        jobs,
                        READER,
                        d -> new DeploymentBuilder(d)
                                .editMetadata()
                                .addToLabels("foreign", "label")
                                .addToAnnotations("foreign", "annotation")
                                .endMetadata()
                                .build()),
                edit(
                        "a policy that says it is another tenant's",
                        NetworkPolicy.class,
                        app,
                        DENY,
                        p -> new NetworkPolicyBuilder(p)
                                .editMetadata()
                                .addToLabels("bulkhead.dev/tenant", "somebody-else")
                                .endMetadata()
                                .build()));
    }

    /** What an update cannot undo, because the API server does not let these fields change. */
    private static List<KubernetesDrift> madeAnew(String app, String jobs) {
        return List.of(
                edit(
                        "a card that was forged and frozen",
                        ConfigMap.class,
                        app,
                        CARD,
                        c -> new ConfigMapBuilder(c)
                                .addToData("seal-public-key", "Zm9yZ2Vk")
                                .withImmutable(true)
                                .build()),
                madeAnew(
                        "a binding made anew with another role",
                        RoleBinding.class,
                        app,
                        ADMINS,
                        b -> new RoleBindingBuilder(b)
                                .editRoleRef()
                                .withName("cluster-admin")
                                .endRoleRef()
                                .build()),
                madeAnew(
                        "a quota made anew for some pods only",
                        ResourceQuota.class,
                        app,
                        QUOTA,
                        q -> new ResourceQuotaBuilder(q)
                                .withNewSpec()
                                .addToHard("pods", new Quantity("5000"))
                                .withScopes("NotTerminating")
                                .endSpec()
                                .build()),
                madeAnew(
                        "a Deployment made anew with another selector",
                        Deployment.class,
                        jobs,
                        READER,
                        d -> new DeploymentBuilder(d)
                                .editSpec()
                                .editSelector()
                                .withMatchLabels(Map.of("other", "pods"))
                                .endSelector()
                                .editTemplate()
                                .editMetadata()
                                .addToLabels("other", "pods")
                                .endMetadata()
                                .endTemplate()
                                .endSpec()
                                .build()));
    }

    static Stream<KubernetesDrift> deletions(String app, String jobs) {
        return Stream.of(
                deletion(NetworkPolicy.class, app, DENY),
                deletion(ResourceQuota.class, app, QUOTA),
                deletion(LimitRange.class, app, "bulkhead-limits"),
                deletion(RoleBinding.class, app, ADMINS),
                deletion(RoleBinding.class, jobs, "bulkhead-operator"),
                deletion(ServiceAccount.class, app, "default"),
                deletion(ServiceAccount.class, jobs, READER),
                deletion(ConfigMap.class, app, CARD),
                deletion(Deployment.class, jobs, READER),
                deletion(PodDisruptionBudget.class, jobs, READER),
                new KubernetesDrift("a default deny that is held in deletion", admin -> {
                    NetworkPolicy held = admin.resources(NetworkPolicy.class)
                            .inNamespace(app)
                            .withName(DENY)
                            .require();
                    // In one request each, and the second at once: the operator may have taken the finalizer off again.
                    for (int attempt = 0; attempt < 20; attempt++) {
                        NetworkPolicy now = admin.resource(new NetworkPolicyBuilder(held)
                                        .editMetadata()
                                        .withResourceVersion(null)
                                        .withManagedFields()
                                        .withFinalizers("example.org/hold")
                                        .endMetadata()
                                        .build())
                                .update();
                        admin.resource(now).delete();
                        NetworkPolicy after = admin.resource(now).get();
                        if (after == null || after.getMetadata().getDeletionTimestamp() != null) {
                            break;
                        }
                    }
                    return held;
                }));
    }

    private static <T extends HasMetadata> KubernetesDrift deletion(Class<T> kind, String namespace, String name) {
        return new KubernetesDrift(kind.getSimpleName() + " " + name + " deleted", admin -> {
            T object =
                    admin.resources(kind).inNamespace(namespace).withName(name).require();
            admin.resource(object).delete();
            return object;
        });
    }

    private static KubernetesDrift deployment(String title, String jobs, UnaryOperator<Deployment> edit) {
        return edit(title + " in a workflow", Deployment.class, jobs, READER, edit);
    }

    private static <T extends HasMetadata> KubernetesDrift edit(
            String title, Class<T> kind, String namespace, String name, UnaryOperator<T> edit) {
        return new KubernetesDrift(
                title,
                admin -> Edits.edit(admin.resources(kind).inNamespace(namespace).withName(name), edit));
    }

    /** Deletes the object and is quicker than the operator to make it again, with our marks. */
    private static <T extends HasMetadata> KubernetesDrift madeAnew(
            String title, Class<T> kind, String namespace, String name, UnaryOperator<T> edit) {
        return new KubernetesDrift(title, admin -> {
            for (int attempt = 0; attempt < 50; attempt++) {
                T object = admin.resources(kind)
                        .inNamespace(namespace)
                        .withName(name)
                        .get();
                if (object == null) {
                    continue;
                }
                T other = edit.apply(object);
                other.getMetadata().setResourceVersion(null);
                other.getMetadata().setUid(null);
                other.getMetadata().setManagedFields(List.of());
                admin.resource(object).delete();
                try {
                    return admin.resource(other).create();
                } catch (KubernetesClientException e) {
                    if (e.getCode() != 409) {
                        throw e;
                    }
                }
            }
            throw new IllegalStateException("the operator was quicker every time");
        });
    }

    private static Namespace labelled(Namespace namespace, String label, @Nullable String value) {
        if (value == null) {
            namespace.getMetadata().getLabels().remove(label);
        } else {
            namespace.getMetadata().getLabels().put(label, value);
        }
        return namespace;
    }
}
