package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.probe.ApiAnswers;
import dev.bulkhead.operator.probe.connection.ProbePodPlanner.PodRole;
import dev.bulkhead.operator.probe.connection.ProbePodPlanner.Size;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The prober's pods in the cluster: makes them, waits for them, and takes them away. */
final class ProbePods {
    private static final Logger LOG = LoggerFactory.getLogger(ProbePods.class);

    /** For an attack, whose own time is shorter. */
    private static final Duration END = Duration.ofSeconds(45);

    /** For a quota to notice that a pod has gone. */
    private static final Duration COUNTED = Duration.ofSeconds(4);

    private static final Duration BETWEEN = Duration.ofMillis(200);
    private static final int LONGEST = 300;

    private final KubernetesClient client;
    private final ProbeImage image;
    private final Duration start;
    private final Clock clock;

    /**
     * Makes none yet.
     *
     * @param start how long a pod may take to get a place on a node and its image
     */
    ProbePods(KubernetesClient client, ProbeImage image, Duration start, Clock clock) {
        this.client = client;
        this.image = image;
        this.start = start;
        this.clock = clock;
    }

    /**
     * A pod of one role in one namespace, as it was made: what has another UID is somebody else's.
     *
     * @param canary whether it is in the namespace of a canary, which all tenants share
     */
    record MadePod(TenantNamespace namespace, PodRole role, Pod pod, boolean canary) {
        /** Nothing could be tried; the same for everybody when it lies in what all share. */
        NotTriedException hindered(String how) {
            return canary ? NotTriedException.everywhere(this + " " + how) : NotTriedException.here(this + " " + how);
        }

        @Override
        public String toString() {
            return "pod " + namespace + "/" + role.pod();
        }
    }

    /** A pod that runs. */
    record RunningPod(List<String> addresses, List<String> nodes) {
        RunningPod {
            addresses = List.copyOf(addresses);
            nodes = List.copyOf(nodes);
        }
    }

    /** Makes a pod, as large as the tenant's quota lets it be. */
    MadePod make(TenantNamespace namespace, PodRole role, boolean canary, List<String> arguments)
            throws NotTriedException, InterruptedException {
        // What has just ended is still counted for a moment.
        Instant settled = clock.instant().plus(COUNTED);
        String full = "";
        for (Size size : Size.values()) {
            do {
                try {
                    Pod made = create(ProbePodPlanner.pod(namespace, role, image, size, arguments));
                    return new MadePod(namespace, role, made, canary);
                } catch (KubernetesClientException e) {
                    full = noRoom(e, "pod " + namespace + "/" + role.pod());
                }
                Thread.sleep(BETWEEN);
            } while (clock.instant().isBefore(settled));
        }
        throw NotTriedException.here("the quota of namespace " + namespace
                + " has no room for the prober's pods; leave two pods, 100m of cpu, 192Mi of memory and 16Mi of disk"
                + " free (" + full + ")");
    }

    /** What the quota says; anything else that keeps a pod out does not go away with a smaller one. */
    private static String noRoom(KubernetesClientException e, String pod) throws NotTriedException {
        String message = e.getStatus() == null || e.getStatus().getMessage() == null
                ? ApiAnswers.reason(e)
                : shortened(e.getStatus().getMessage());
        boolean room = message.contains("exceeded quota") || message.contains("maximum cpu usage");
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN || !room) {
            throw NotTriedException.here(pod + " is not let in: " + message);
        }
        return message;
    }

    /** Leads to the listener of a namespace; the addresses at which it does. */
    List<String> serve(TenantNamespace namespace) throws NotTriedException, InterruptedException {
        Service made = create(ProbePodPlanner.service(namespace));
        return List.copyOf(made.getSpec().getClusterIPs());
    }

    /** Takes the place of what an earlier exchange left there. */
    private <T extends HasMetadata> T create(T object) throws NotTriedException, InterruptedException {
        Instant end = clock.instant().plus(start);
        while (true) {
            try {
                return client.resource(object).create();
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT
                        || clock.instant().isAfter(end)) {
                    throw e;
                }
            }
            T there = client.resource(object).get();
            if (there != null && !ours(there)) {
                throw NotTriedException.here(there.getKind() + " "
                        + there.getMetadata().getNamespace() + "/"
                        + there.getMetadata().getName() + " is not the prober's; delete it, and the network is tried");
            }
            client.resource(object).delete();
            Thread.sleep(BETWEEN);
        }
    }

    private static boolean ours(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels != null && labels.containsKey(ProbePodPlanner.LABEL);
    }

    /** Waits until a pod is Ready: until it listens. */
    RunningPod running(MadePod made) throws NotTriedException, InterruptedException {
        Instant end = clock.instant().plus(start);
        while (true) {
            Pod pod = read(made);
            List<String> addresses = Stream.ofNullable(pod.getStatus().getPodIPs())
                    .flatMap(List::stream)
                    .map(PodIP::getIp)
                    .toList();
            if (ready(pod) && !addresses.isEmpty()) {
                return new RunningPod(
                        addresses,
                        Stream.ofNullable(pod.getStatus().getHostIPs())
                                .flatMap(List::stream)
                                .map(h -> String.valueOf(h.getIp()))
                                .toList());
            }
            if ("Failed".equals(pod.getStatus().getPhase())) {
                throw made.hindered("ended: " + end(pod));
            }
            if (clock.instant().isAfter(end)) {
                throw made.hindered("does not start: " + hindrance(pod));
            }
            Thread.sleep(BETWEEN);
        }
    }

    /** Waits until a pod has ended, and returns its message. */
    String message(MadePod made) throws NotTriedException, InterruptedException {
        Instant end = clock.instant().plus(END);
        while (true) {
            Pod pod = read(made);
            switch (String.valueOf(pod.getStatus().getPhase())) {
                case "Succeeded" -> {
                    return ended(pod).map(ContainerStateTerminated::getMessage).orElse("");
                }
                case "Failed" -> throw made.hindered("ended: " + end(pod));
                default -> {
                    if (clock.instant().isAfter(end)) {
                        throw made.hindered("does not end: " + hindrance(pod));
                    }
                }
            }
            Thread.sleep(BETWEEN);
        }
    }

    private Pod read(MadePod made) throws NotTriedException {
        Pod pod = client.pods()
                .inNamespace(made.namespace().fullName())
                .withName(made.role().pod())
                .get();
        if (pod == null
                || !made.pod().getMetadata().getUid().equals(pod.getMetadata().getUid())) {
            throw NotTriedException.here(made + " was taken away by somebody else");
        }
        if (!ProbePodPlanner.isAsMade(made.pod(), pod)) {
            throw NotTriedException.here(made + " was changed by somebody else");
        }
        return pod;
    }

    private static boolean ready(Pod pod) {
        return Stream.ofNullable(pod.getStatus().getConditions())
                .flatMap(List::stream)
                .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    /** A listener that has gone meanwhile refuses everybody, which proves nothing. */
    void stillReady(MadePod listener) throws NotTriedException {
        if (!ready(read(listener))) {
            throw listener.hindered("did not listen to the end");
        }
    }

    /**
     * Takes the pods of all roles out of a namespace. What cannot be taken away ends by itself, and is taken away by the
     * next exchange there.
     */
    void clear(TenantNamespace namespace) {
        for (PodRole role : PodRole.values()) {
            remove(ProbePodPlanner.pod(namespace, role, image, Size.Tiny, List.of()));
        }
    }

    /** Takes the Service away. */
    void stopServing(TenantNamespace namespace) {
        remove(ProbePodPlanner.service(namespace));
    }

    private void remove(HasMetadata object) {
        try {
            client.resource(object).delete();
        } catch (KubernetesClientException e) {
            LOG.atWarn()
                    .addKeyValue(
                            "object",
                            object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                                    + object.getMetadata().getName())
                    .addKeyValue("reason", ApiAnswers.reason(e))
                    .log("not taken away; it ends by itself");
        }
    }

    /** Why a pod does not run, by Kubernetes' own word. */
    private static String hindrance(Pod pod) {
        Optional<String> waiting = statuses(pod)
                .flatMap(s -> Stream.ofNullable(s.getState().getWaiting()))
                .map(ProbePods::text)
                .findFirst();
        return waiting.or(() -> Stream.ofNullable(pod.getStatus().getConditions())
                        .flatMap(List::stream)
                        .filter(c -> "PodScheduled".equals(c.getType()) && "False".equals(c.getStatus()))
                        .map(ProbePods::text)
                        .findFirst())
                .orElse("no node has taken it, and nothing says why");
    }

    private static String text(ContainerStateWaiting waiting) {
        return waiting.getReason() + (waiting.getMessage() == null ? "" : ": " + shortened(waiting.getMessage()));
    }

    private static String text(PodCondition condition) {
        return condition.getReason() + (condition.getMessage() == null ? "" : ": " + shortened(condition.getMessage()));
    }

    private static String end(Pod pod) {
        return ended(pod)
                .map(end -> "exit code " + end.getExitCode() + ", " + end.getReason()
                        + (end.getMessage() == null ? "" : ": " + shortened(end.getMessage())))
                .orElseGet(() -> String.valueOf(pod.getStatus().getReason()));
    }

    private static Optional<ContainerStateTerminated> ended(Pod pod) {
        return statuses(pod)
                .flatMap(s -> Stream.ofNullable(s.getState().getTerminated()))
                .findFirst();
    }

    private static Stream<ContainerStatus> statuses(Pod pod) {
        return Stream.ofNullable(pod.getStatus().getContainerStatuses())
                .flatMap(List::stream)
                .filter(s -> s.getState() != null);
    }

    /** What a pod or Kubernetes says of it, fit for a terminal. */
    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }
}
