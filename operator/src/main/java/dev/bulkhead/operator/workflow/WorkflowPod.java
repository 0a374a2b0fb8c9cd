package dev.bulkhead.operator.workflow;

import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The pod of a workflow: Pod Security {@code restricted} and more. Every default of the API server is written out, so
 * that a plan equals what is read back.
 */
final class WorkflowPod {
    /** Where a workflow may write. */
    static final String TMP = "tmp";

    /**
     * The user and group of every workflow, whatever its image says: an image that asks for root runs too, as somebody
     * else. Below 65536, because a user namespace maps no more.
     */
    private static final long NOBODY = 65532;

    private static final String TMP_SIZE = "512Mi";
    private static final int READABLE_BY_GROUP = 0440;
    private static final long SECONDS_TO_STOP = 30;

    private WorkflowPod() {}

    static PodSpec spec(Workflow workflow, Share share, String serviceAccount, Map<String, String> selector) {
        return new PodSpecBuilder()
                .withServiceAccountName(serviceAccount)
                // The API server copies the name into the field's former name.
                .withServiceAccount(serviceAccount)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withRestartPolicy("Always")
                .withDnsPolicy("ClusterFirst")
                .withSchedulerName("default-scheduler")
                .withTerminationGracePeriodSeconds(SECONDS_TO_STOP)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(NOBODY)
                .withRunAsGroup(NOBODY)
                .withFsGroup(NOBODY)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withImagePullSecrets(workflow.imagePullSecrets().stream()
                        .distinct()
                        .sorted()
                        .map(LocalObjectReference::new)
                        .toList())
                .addNewTopologySpreadConstraint()
                .withMaxSkew(1)
                .withTopologyKey("kubernetes.io/hostname")
                .withWhenUnsatisfiable("ScheduleAnyway")
                .withNewLabelSelector()
                .withMatchLabels(selector)
                .endLabelSelector()
                .endTopologySpreadConstraint()
                .withContainers(WorkflowContainer.of(workflow, share))
                .withVolumes(volumes(workflow))
                .build();
    }

    /** The Secrets a workflow mounts, in the order of their volumes. */
    static List<String> mounted(Workflow workflow) {
        return workflow.secrets().stream().distinct().sorted().toList();
    }

    /** Name of the volume of the n-th mounted Secret; its own name can be longer than a volume's may be. */
    static String secretVolume(int number) {
        return "secret-" + number;
    }

    private static List<Volume> volumes(Workflow workflow) {
        List<Volume> volumes = new ArrayList<>();
        volumes.add(new VolumeBuilder()
                .withName(TMP)
                .withNewEmptyDir()
                .withSizeLimit(Quantity.parse(TMP_SIZE))
                .endEmptyDir()
                .build());
        List<String> secrets = mounted(workflow);
        for (int i = 0; i < secrets.size(); i++) {
            volumes.add(new VolumeBuilder()
                    .withName(secretVolume(i))
                    .withNewSecret()
                    .withSecretName(secrets.get(i))
                    .withDefaultMode(READABLE_BY_GROUP)
                    .endSecret()
                    .build());
        }
        return volumes;
    }
}
