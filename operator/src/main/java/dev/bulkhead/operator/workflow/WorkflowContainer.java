package dev.bulkhead.operator.workflow;

import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.boundary.Amounts;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The only container of a workflow's pod. */
final class WorkflowContainer {
    private static final String NAME = "workflow";
    private static final String SECRETS = "/secrets/";
    private static final long USUAL_CPU = 250;
    private static final long USUAL_MEMORY = 256 * Amounts.MEBIBYTE;

    private WorkflowContainer() {}

    static Container of(Workflow workflow, Share share) {
        Map<String, Quantity> resources = resources(workflow, share);
        return new ContainerBuilder()
                .withName(NAME)
                .withImage(workflow.image())
                // A digest names its content: what the node has is what was meant.
                .withImagePullPolicy(workflow.image().contains("@") ? "IfNotPresent" : "Always")
                .withCommand(workflow.command())
                .withArgs(workflow.args())
                .withEnv(
                        workflow.env().stream().map(WorkflowContainer::variable).toList())
                .withPorts(ports(workflow))
                .withReadinessProbe(probe(workflow, workflow.readinessProbe()))
                .withLivenessProbe(probe(workflow, workflow.livenessProbe()))
                .withNewResources()
                .withRequests(resources)
                .withLimits(resources)
                .endResources()
                .withNewSecurityContext()
                .withPrivileged(false)
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withRunAsNonRoot(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withTerminationMessagePath("/dev/termination-log")
                .withTerminationMessagePolicy("File")
                .withVolumeMounts(mounts(workflow))
                .build();
    }

    private static EnvVar variable(Workflow.EnvVar variable) {
        EnvVarBuilder result = new EnvVarBuilder().withName(variable.name());
        Workflow.SecretKeyRef reference = variable.secretKeyRef();
        if (reference != null) {
            result.withNewValueFrom()
                    .withNewSecretKeyRef()
                    .withName(reference.name())
                    .withKey(reference.key())
                    .endSecretKeyRef()
                    .endValueFrom();
        } else if (variable.value() != null && !variable.value().isEmpty()) {
            // The API server leaves an empty value out.
            result.withValue(variable.value());
        }
        return result.build();
    }

    private static List<ContainerPort> ports(Workflow workflow) {
        return Stream.ofNullable(workflow.port())
                .map(port -> new ContainerPortBuilder()
                        .withContainerPort(port)
                        .withProtocol("TCP")
                        .build())
                .toList();
    }

    private static @Nullable Probe probe(Workflow workflow, Workflow.@Nullable ContainerProbe probe) {
        if (probe == null) {
            return null;
        }
        ProbeBuilder result = new ProbeBuilder()
                .withPeriodSeconds(probe.periodSeconds())
                .withFailureThreshold(probe.failureThreshold())
                .withSuccessThreshold(1)
                .withTimeoutSeconds(1);
        if (probe.exec() != null) {
            return result.withNewExec().withCommand(probe.exec()).endExec().build();
        }
        IntOrString port = new IntOrString(
                Objects.requireNonNull(workflow.port(), "validation lets no network probe without a port through"));
        return probe.httpPath() != null
                ? result.withNewHttpGet()
                        .withPath(probe.httpPath())
                        .withPort(port)
                        .withScheme("HTTP")
                        .endHttpGet()
                        .build()
                : result.withNewTcpSocket().withPort(port).endTcpSocket().build();
    }

    /** Request and limit alike; what is usual is never more than the namespace has. */
    private static Map<String, Quantity> resources(Workflow workflow, Share share) {
        Workflow.Resources wanted = workflow.resources();
        Map<String, Quantity> amounts = new TreeMap<>();
        amounts.put(
                "cpu",
                wanted == null ? Amounts.ofMillicores(Math.min(USUAL_CPU, share.cpu())) : Amounts.ofCpu(wanted.cpu()));
        amounts.put(
                "memory",
                wanted == null
                        ? Amounts.ofBytes(Math.min(USUAL_MEMORY, share.memory()))
                        : Amounts.ofMemory(wanted.memory()));
        return amounts;
    }

    private static List<VolumeMount> mounts(Workflow workflow) {
        List<VolumeMount> mounts = new ArrayList<>();
        mounts.add(new VolumeMountBuilder()
                .withName(WorkflowPod.TMP)
                .withMountPath("/tmp")
                .build());
        List<String> secrets = WorkflowPod.mounted(workflow);
        for (int i = 0; i < secrets.size(); i++) {
            mounts.add(new VolumeMountBuilder()
                    .withName(WorkflowPod.secretVolume(i))
                    .withMountPath(SECRETS + secrets.get(i))
                    .withReadOnly(true)
                    .build());
        }
        return mounts;
    }
}
