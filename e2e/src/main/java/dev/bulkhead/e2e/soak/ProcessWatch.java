package dev.bulkhead.e2e.soak;

import dev.bulkhead.e2e.bench.ProcessFigures;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.stack.ProcessSupervisor;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One of the processes while others soak: whether it is still the same, its memory, and what it warns of. */
public final class ProcessWatch {
    private final KubernetesClient admin;
    private final StateDirectory state;
    private final String name;
    private final String command;
    private final Supplier<Set<Long>> onNode;
    private final LogLines log;
    private final Set<String> instances = new HashSet<>();
    private long start = -1;
    private long most;
    private long last;
    private @Nullable Instant logRead;
    private long logAt;

    /**
     * What became of it.
     *
     * @param instances how many there were one after another; one means that it was never started anew
     * @param startMiB resident at the first look
     * @param mostMiB the most at any look
     * @param endMiB at the last look
     */
    public record ProcessFate(String name, int instances, long startMiB, long mostMiB, long endMiB) {}

    /**
     * Does nothing yet.
     *
     * @param name of its Deployment, or of its process
     * @param command its subcommand, by which it is told from other programs on the node
     * @param onNode numbers of the processes on the node; none without one
     */
    ProcessWatch(
            KubernetesClient admin, StateDirectory state, String name, String command, Supplier<Set<Long>> onNode) {
        this.admin = admin;
        this.state = state;
        this.name = name;
        this.command = command;
        this.onNode = onNode;
        this.log = new LogLines(name);
    }

    /** One look. */
    void look(Instant now) {
        Pod pod = pod();
        if (pod != null) {
            int restarts = pod.getStatus().getContainerStatuses().stream()
                    .mapToInt(ContainerStatus::getRestartCount)
                    .sum();
            instances.add(pod.getMetadata().getUid() + "/" + restarts);
            read(pod, now);
        }
        OptionalLong pid = pod == null ? ownProcess() : inContainer();
        if (pid.isPresent()) {
            if (pod == null) {
                instances.add(Long.toString(pid.getAsLong()));
            }
            measure(pid.getAsLong());
        }
        if (pod == null) {
            readFile();
        }
    }

    private @Nullable Pod pod() {
        return admin
                .pods()
                .inNamespace(Bootstrap.NAMESPACE)
                .withLabel("app.kubernetes.io/name", name)
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .findFirst()
                .orElse(null);
    }

    private void measure(long pid) {
        try {
            last = ProcessFigures.memory(pid).residentMiB();
            most = Math.max(most, last);
            start = start < 0 ? last : start;
        } catch (StackException _) {
            // It has just ended; the next look finds the next one.
        }
    }

    private OptionalLong ownProcess() {
        return new ProcessSupervisor(state)
                .find(name)
                .map(mark -> OptionalLong.of(mark.pid()))
                .orElse(OptionalLong.empty());
    }

    private OptionalLong inContainer() {
        return onNode.get().stream()
                .mapToLong(Long::longValue)
                .filter(pid ->
                        commandLine(pid).contains("java") && commandLine(pid).endsWith(" " + command))
                .findFirst();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .strip();
        } catch (IOException _) {
            return "";
        }
    }

    private void read(Pod pod, Instant now) {
        try {
            if (logRead == null) {
                logRead = now; // what came before the soak is not its own
                return;
            }
            log.add(admin.pods()
                    .inNamespace(Bootstrap.NAMESPACE)
                    .withName(pod.getMetadata().getName())
                    .sinceTime(logRead.toString())
                    .getLog());
            logRead = now;
        } catch (KubernetesClientException _) {
            // The container is only just starting; the next look reads from the same moment.
        }
    }

    private void readFile() {
        Path file = state.log(name);
        try {
            long size = Files.size(file);
            if (logRead != null && size > logAt) {
                try (var in = Files.newInputStream(file)) {
                    in.skipNBytes(logAt);
                    log.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
            logRead = Instant.EPOCH;
            logAt = size;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ProcessFate fate() {
        return new ProcessFate(name, instances.size(), Math.max(start, 0), most, last);
    }

    LogLines log() {
        return log;
    }
}
