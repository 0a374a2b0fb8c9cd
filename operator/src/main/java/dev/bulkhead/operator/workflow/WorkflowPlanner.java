package dev.bulkhead.operator.workflow;

import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.GivenSecret;
import dev.bulkhead.operator.identity.MarkedMetadata;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Plans a tenant's workflow containers: per workflow a ServiceAccount without a token, a Deployment, and a disruption
 * budget when there is more than one pod. A suspended tenant's workflows stay planned, with no pods.
 */
@Pure
public final class WorkflowPlanner {
    private static final String PREFIX = "workflow-";
    private static final int OLD_VERSIONS = 2;
    private static final int SECONDS_TO_PROGRESS = 600;

    private WorkflowPlanner() {}

    /** Name of the Deployment, ServiceAccount and disruption budget of a workflow. */
    public static String objectName(Workflow workflow) {
        return PREFIX + workflow.name();
    }

    /** The Secrets without which a workflow cannot start: what it is given, and what its image is pulled with. */
    public static SortedSet<GivenSecret> needs(ValidTenant tenant, Workflow workflow) {
        TenantNamespace namespace = tenant.namespace(workflow.namespace());
        SortedSet<GivenSecret> needs = new TreeSet<>(Given.to(workflow, namespace));
        workflow.imagePullSecrets().forEach(name -> needs.add(new GivenSecret(namespace, name)));
        return needs;
    }

    /**
     * The objects of all workflows, sorted by namespace and workflow; of each the ServiceAccount comes first.
     *
     * @param fingerprints what changes when the content of a Secret changes, for those that exist. It can be read by
     *     everybody who may see the Deployment, so it must tell nothing about the content: a UID and resource version,
     *     or a keyed hash, but never a plain hash of a password
     */
    public static List<HasMetadata> workflows(ValidTenant tenant, Map<GivenSecret, String> fingerprints) {
        return tenant.spec().workflows().stream()
                .sorted(Comparator.comparing(Workflow::namespace).thenComparing(Workflow::name))
                .flatMap(workflow -> objects(tenant, workflow, fingerprints).stream())
                .toList();
    }

    private static List<HasMetadata> objects(
            ValidTenant tenant, Workflow workflow, Map<GivenSecret, String> fingerprints) {
        TenantNamespace namespace = tenant.namespace(workflow.namespace());
        List<HasMetadata> objects = new ArrayList<>();
        objects.add(new ServiceAccountBuilder()
                .withMetadata(metadata(tenant, workflow))
                .withAutomountServiceAccountToken(false)
                .build());
        if (replicas(tenant, workflow) > 1) {
            objects.add(budget(tenant, workflow));
        }
        objects.add(deployment(tenant, workflow, Given.fingerprint(workflow, namespace, fingerprints)));
        return objects;
    }

    private static Deployment deployment(ValidTenant tenant, Workflow workflow, String given) {
        Map<String, String> podLabels = selector(tenant, workflow);
        podLabels.put(Marks.TENANT, tenant.name());
        Map<String, String> annotations = given.isEmpty() ? Map.of() : Map.of(Marks.GIVEN, given);
        return new DeploymentBuilder()
                .withMetadata(metadata(tenant, workflow))
                .withNewSpec()
                .withReplicas(replicas(tenant, workflow))
                .withRevisionHistoryLimit(OLD_VERSIONS)
                .withProgressDeadlineSeconds(SECONDS_TO_PROGRESS)
                .withNewSelector()
                .withMatchLabels(selector(tenant, workflow))
                .endSelector()
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(1))
                // With several pods a roll-out goes on where the quota has no room for one more.
                .withMaxUnavailable(new IntOrString(workflow.replicas() > 1 ? 1 : 0))
                .endRollingUpdate()
                .endStrategy()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(podLabels)
                .withAnnotations(annotations)
                .endMetadata()
                .withSpec(WorkflowPod.spec(
                        workflow, share(tenant, workflow), objectName(workflow), selector(tenant, workflow)))
                .endTemplate()
                .endSpec()
                .build();
    }

    private static PodDisruptionBudget budget(ValidTenant tenant, Workflow workflow) {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(metadata(tenant, workflow))
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(1))
                // Pods that do not work anyway must not keep a node from being drained.
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .withNewSelector()
                .withMatchLabels(selector(tenant, workflow))
                .endSelector()
                .endSpec()
                .build();
    }

    private static Share share(ValidTenant tenant, Workflow workflow) {
        TenantNamespace namespace = tenant.namespace(workflow.namespace());
        return tenant.namespaces().stream()
                .filter(share -> share.namespace().equals(namespace))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("validation lets no unknown namespace through"));
    }

    private static int replicas(ValidTenant tenant, Workflow workflow) {
        return tenant.suspended() ? 0 : workflow.replicas();
    }

    private static ObjectMeta metadata(ValidTenant tenant, Workflow workflow) {
        return MarkedMetadata.of(
                tenant.namespace(workflow.namespace()),
                tenant.identity(),
                objectName(workflow),
                Map.of(Marks.WORKFLOW, workflow.name()));
    }

    private static Map<String, String> selector(ValidTenant tenant, Workflow workflow) {
        Map<String, String> labels = new TreeMap<>();
        labels.put(Marks.IDENTITY, tenant.identity().value());
        labels.put(Marks.WORKFLOW, workflow.name());
        return labels;
    }
}
