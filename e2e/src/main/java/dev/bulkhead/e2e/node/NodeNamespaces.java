package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.Polling;
import dev.bulkhead.e2e.stack.ProcessMark;
import dev.bulkhead.e2e.stack.ProcessSupervisor;
import dev.bulkhead.e2e.stack.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The network and the mounts that the node's processes share and nobody else sees. A process that does nothing keeps them
 * in being; with the last of the node's processes they are gone, and with them every mount, interface and rule.
 */
final class NodeNamespaces {
    /** The process that keeps them: recorded apart from the stack's, which end before it. */
    private static final String KEEPER = "node-namespaces";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Folders with fixed names that node programs write to; empty ones are laid over them. */
    private static final List<String> FIXED_FOLDERS =
            List.of("/run", "/var/lib/kubelet", "/var/lib/cni", "/var/lib/calico", "/var/log/containers");

    /** Those of them that only a node's machine has. */
    private static final List<String> OWN_FOLDERS = FIXED_FOLDERS.subList(1, FIXED_FOLDERS.size());

    /** In the namespaces: addresses, and a way from pods to this machine's end of the cable; none beyond. */
    private static final String PREPARATION = """
            set -eu
            node=$1 pods=$2; shift 2
            ip link set lo up
            ip address replace "$node/30" dev uplink
            ip link set uplink up
            # The gateway that Calico gives to pods. It answers for it only where there is a default route, or it is its own.
            ip address replace 169.254.1.1/32 dev lo scope host
            echo 1 > /proc/sys/net/ipv4/ip_forward
            nft -f - <<RULES
            table ip bulkhead {
              chain postrouting {
                type nat hook postrouting priority srcnat;
                oifname "uplink" ip saddr $pods masquerade
              }
            }
            RULES
            for folder; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done
            """;

    private final ProcessSupervisor processes;
    private final ControlGroup group;
    private final String link;

    /** {@code link} names this machine's end of the cable, in at most 15 letters. */
    NodeNamespaces(ProcessSupervisor processes, ControlGroup group, String link) {
        this.processes = processes;
        this.group = group;
        this.link = link;
    }

    /** Makes them, with the cable, where they are not there yet. */
    void create(NodeNetwork network) {
        if (!processes.start(new ProcessSupervisor.Spec(
                KEEPER,
                joining(List.of("unshare", "--net", "--mount", "--propagation", "private", "sleep", "infinity")),
                Map.of("PATH", Tool.PATH)))) {
            return;
        }
        Polling.until(
                PATIENCE,
                () -> isApart("net") && isApart("mnt"),
                () -> "unshare made no namespaces" + processes.logTail(KEEPER));
        Tool.run(List.of(
                "ip", "link", "add", link, "type", "veth", "peer", "name", "uplink", "netns", Long.toString(pid())));
        Tool.run(List.of("ip", "address", "replace", network.machine() + "/30", "dev", link));
        Tool.run(List.of("ip", "link", "set", link, "up"));
        List<String> prepare =
                new ArrayList<>(List.of("sh", "-c", PREPARATION, "sh", network.node(), NodeNetwork.PODS));
        for (String folder : FIXED_FOLDERS) {
            createFolder(Path.of(folder));
            prepare.add(folder);
        }
        Tool.run(inside(prepare));
    }

    /** {@code command} so that it runs in them, and in the node's control group. */
    List<String> inside(List<String> command) {
        List<String> entering =
                new ArrayList<>(List.of("nsenter", "--net=" + namespace("net"), "--mount=" + namespace("mnt")));
        entering.addAll(command);
        return joining(entering);
    }

    /** The process that keeps them, while it lives. */
    OptionalLong keeper() {
        return processes.find(KEEPER).map(mark -> OptionalLong.of(mark.pid())).orElse(OptionalLong.empty());
    }

    /** Ends that process. What else runs in them keeps them in being still. */
    void stop() {
        processes.stop(KEEPER, ProcessSupervisor.StopSignal.TERM, PATIENCE);
    }

    /**
     * Removes what the end of the keeper leaves: folders that were made to lay something over them. Not while another
     * node of this machine has something laid over them: the kernel takes it off a folder that is removed.
     */
    void removeTraces() {
        for (String folder : OWN_FOLDERS) {
            try {
                if (!isCovered(folder)) {
                    Files.deleteIfExists(Path.of(folder));
                }
            } catch (IOException _) {
                // Not empty, so somebody else's.
            }
        }
    }

    /** Whether a folder is a mount point for any process of this machine. */
    static boolean isCovered(String folder) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try (Stream<String> mounts = Files.lines(process.resolve("mountinfo"))) {
                    if (mounts.anyMatch(mount -> mount.contains(" " + folder + " "))) {
                        return true;
                    }
                } catch (IOException | UncheckedIOException _) {
                    // The process has ended meanwhile.
                }
            }
        }
        return false;
    }

    private List<String> joining(List<String> command) {
        List<String> joining = new ArrayList<>(List.of(
                "sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", group.processes().toString()));
        joining.addAll(command);
        return joining;
    }

    private boolean isApart(String kind) {
        try {
            return !Files.readSymbolicLink(namespace(kind))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns", kind)));
        } catch (IOException _) {
            return false; // it has ended; its log says why
        }
    }

    private Path namespace(String kind) {
        return Path.of("/proc", Long.toString(pid()), "ns", kind);
    }

    private long pid() {
        return processes
                .find(KEEPER)
                .map(ProcessMark::pid)
                .orElseThrow(() -> new StackException("the node's namespaces are gone" + processes.logTail(KEEPER)));
    }

    private static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether {@code path} can be seen from inside. */
    static boolean isVisible(Path path) {
        return FIXED_FOLDERS.stream().noneMatch(path::startsWith);
    }
}
