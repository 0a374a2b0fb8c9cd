package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a node needs of this machine: Linux, root, control groups, and programs that Debian has packages of. */
public final class Requirements {
    private static final List<Path> CNI_PLUGINS = List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"));

    private static final Map<String, String> SILENTLY = Map.of("DEBIAN_FRONTEND", "noninteractive");

    private Requirements() {}

    /** Why no node can run here whatever is installed, and what would help; empty when one can. */
    public static Optional<String> obstacle() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.of("a node needs Linux; this is " + System.getProperty("os.name"));
        }
        if (!isRoot()) {
            return Optional.of("a node needs root, for namespaces and control groups; start it with sudo");
        }
        if (!Files.exists(Path.of("/sys/fs/cgroup"))) {
            return Optional.of("a node needs control groups, and nothing is mounted at /sys/fs/cgroup");
        }
        if (!Tool.succeeds(List.of("unshare", "--net", "--mount", "--propagation", "private", "true"))) {
            return Optional.of("a node needs namespaces of its own, and `unshare --net --mount` is refused here; run it"
                    + " on the machine itself or in a privileged container");
        }
        List<String> packages = missingPackages();
        if (!packages.isEmpty() && !hasApt()) {
            return Optional.of("a node needs programs that are not here, and there is no apt-get to install them;"
                    + " install what Debian calls " + String.join(", ", packages));
        }
        return Optional.empty();
    }

    /** Installs what is missing, or says what is. Repeatable; does nothing when all is there. */
    public static void provide(Progress progress) {
        obstacle().ifPresent(reason -> {
            throw new StackException(reason);
        });
        List<String> packages = missingPackages();
        if (packages.isEmpty()) {
            return;
        }
        progress.say("installing from Debian: " + String.join(", ", packages));
        try {
            install(packages, progress);
        } catch (StackException _) {
            // The lists of packages may never have been fetched, or be too old for what they name.
            progress.say("fetching Debian's lists of packages");
            Tool.run(List.of("apt-get", "update"), SILENTLY, _ -> {});
            install(packages, progress);
        }
        List<String> still = missingPackages();
        if (!still.isEmpty()) {
            throw new StackException("apt-get installed " + String.join(", ", packages) + ", yet programs of "
                    + String.join(", ", still) + " are not to be found; see `dpkg -L " + still.getFirst() + "`");
        }
    }

    private static void install(List<String> packages, Progress progress) {
        List<String> command = new ArrayList<>(List.of("apt-get", "install", "-y", "--no-install-recommends"));
        command.addAll(packages);
        Tool.run(command, SILENTLY, line -> {
            if (line.startsWith("Get:") || line.startsWith("Setting up ")) {
                progress.say(line);
            }
        });
    }

    /** The folder with the CNI project's plugins; empty when they are not installed. */
    static Optional<Path> plugins() {
        return CNI_PLUGINS.stream()
                .filter(folder -> Files.isExecutable(folder.resolve("host-local")))
                .findFirst();
    }

    /** Names of Debian's packages of which a program is missing. */
    static List<String> missingPackages() {
        SequencedMap<String, String> packageOf = new LinkedHashMap<>();
        packageOf.put("containerd", "containerd");
        packageOf.put("ctr", "containerd");
        packageOf.put("runc", "runc");
        packageOf.put("iptables-nft-save", "iptables");
        packageOf.put("nft", "nftables");
        packageOf.put("ipset", "ipset");
        packageOf.put("conntrack", "conntrack");
        packageOf.put("ip", "iproute2");
        packageOf.put("mount", "mount");
        packageOf.put("nsenter", "util-linux");
        SortedSet<String> missing = new TreeSet<>();
        packageOf.forEach((program, name) -> {
            if (!isOnPath(program)) {
                missing.add(name);
            }
        });
        if (plugins().isEmpty()) {
            missing.add("containernetworking-plugins");
        }
        return List.copyOf(missing);
    }

    private static boolean hasApt() {
        return isOnPath("apt-get");
    }

    private static boolean isOnPath(String program) {
        return Stream.of(Tool.PATH.split(":", -1)).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
