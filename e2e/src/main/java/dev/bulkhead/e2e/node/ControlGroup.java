package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.Polling;
import dev.bulkhead.e2e.stack.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The control group that holds every process of a node, its containers' too, whoever started them: what is in it is
 * the node's, so it can be ended without knowing its number. Version 1 and 2.
 */
final class ControlGroup {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** Of version 1: hierarchies that take a process without being told resources first. */
    private static final List<String> PLAIN = List.of("pids", "freezer", "systemd", "memory");

    /** Of version 2. */
    private static final List<String> CONTROLLERS = List.of("cpu", "cpuset", "hugetlb", "io", "memory", "pids");

    private final String name;

    ControlGroup(String name) {
        this.name = name;
    }

    /** As the kubelet names it: the path from the root of the control groups. */
    String path() {
        return "/" + name;
    }

    /** Makes it where it is missing. */
    void create() {
        try {
            for (Path hierarchy : hierarchies()) {
                if (isVersion2()) {
                    delegate(hierarchy);
                }
                Files.createDirectories(hierarchy.resolve(name));
            }
            if (isVersion2()) {
                delegate(ROOT.resolve(name));
            }
            Files.createDirectories(processes().getParent());
        } catch (IOException e) {
            throw new StackException(
                    "cannot make the control group " + path() + ": " + e.getMessage()
                            + "; in a container, /sys/fs/cgroup has to be writable",
                    e);
        }
    }

    /** The file into which a process writes its number to join, before it becomes a server of the node. */
    Path processes() {
        Path hierarchy = isVersion2()
                ? ROOT
                : PLAIN.stream()
                        .map(ROOT::resolve)
                        .filter(Files::isDirectory)
                        .findFirst()
                        .orElseThrow(() -> new StackException("none of the control groups " + PLAIN + " is mounted"));
        return hierarchy.resolve(name).resolve("node").resolve("cgroup.procs");
    }

    /** Kills all that is in it but {@code spared}, and returns when they have ended. */
    void clear(OptionalLong spared) {
        Polling.until(
                PATIENCE,
                () -> {
                    Set<Long> members = members();
                    spared.ifPresent(members::remove);
                    members.stream()
                            .map(ProcessHandle::of)
                            .forEach(process -> process.ifPresent(ProcessHandle::destroyForcibly));
                    return members.isEmpty();
                },
                () -> "processes of the node do not end, not even when killed: " + members());
    }

    /** Kills all that is in it, and removes it. Repeatable. */
    void destroy() {
        clear(OptionalLong.empty());
        hierarchies().forEach(hierarchy -> groups(hierarchy).forEach(ControlGroup::remove));
    }

    /** Numbers of the processes that are in it now. */
    Set<Long> members() {
        Set<Long> members = new TreeSet<>();
        for (Path hierarchy : hierarchies()) {
            for (Path group : groups(hierarchy)) {
                try {
                    Files.readAllLines(group.resolve("cgroup.procs")).forEach(line -> members.add(Long.valueOf(line)));
                } catch (IOException _) {
                    // Removed meanwhile, so nothing is in it.
                }
            }
        }
        members.remove(0L); // a process of another namespace of process numbers
        return members;
    }

    /** The group and those below it in one hierarchy, the deepest first. */
    private List<Path> groups(Path hierarchy) {
        Path top = hierarchy.resolve(name);
        if (!Files.isDirectory(top)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(top)) {
            return all.filter(Files::isDirectory)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (NoSuchFileException | UncheckedIOException _) {
            return groups(hierarchy); // a container ended meanwhile
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path group) {
        // A process that was killed leaves its group a moment later.
        Polling.until(
                PATIENCE,
                () -> {
                    try {
                        Files.deleteIfExists(group);
                        return true;
                    } catch (IOException _) {
                        return false;
                    }
                },
                () -> "cannot remove the control group " + group);
    }

    private static List<Path> hierarchies() {
        if (isVersion2()) {
            return List.of(ROOT);
        }
        try (Stream<Path> all = Files.list(ROOT)) {
            // Of version 1, and the one of version 2 that is mounted beside them on some machines.
            return all.filter(folder -> Files.exists(folder.resolve("cgroup.procs")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isVersion2() {
        return Files.exists(ROOT.resolve("cgroup.controllers"));
    }

    /** Lets the groups below {@code group} have what the kubelet asks for, as far as it has it itself. */
    private static void delegate(Path group) throws IOException {
        List<String> available = List.of(
                Files.readString(group.resolve("cgroup.controllers")).strip().split(" ", -1));
        for (String controller : CONTROLLERS) {
            if (available.contains(controller)) {
                Files.writeString(group.resolve("cgroup.subtree_control"), "+" + controller);
            }
        }
    }
}
