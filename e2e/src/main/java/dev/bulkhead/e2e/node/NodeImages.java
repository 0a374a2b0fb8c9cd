package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StateDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The images of the node, imported from archives: no registry is asked, and none could be reached. The names stand for no
 * registry either.
 */
final class NodeImages {
    /** What containerd starts for each pod, to hold its network. */
    static final String PAUSE = "bulkhead.local/pause:1";

    private static final String WORKLOAD = "bulkhead.local/workload";

    private final StateDirectory state;
    private final Progress progress;

    NodeImages(StateDirectory state, Progress progress) {
        this.state = state;
        this.progress = progress;
    }

    /** How pods name the image of the example workloads: by its digest. */
    static String workload(NodeSoftware software) {
        return WORKLOAD + "@" + archive(software, List.of()).digest();
    }

    /** Imports pause and workload; {@code ctr} is the command up to its verb. */
    void load(NodeSoftware software, List<String> ctr) {
        Path pause = state.directory("node").resolve("pause.tar");
        archive(software, List.of("pause")).write(pause, PAUSE);
        load(pause, ctr);
        Path workload = pause.resolveSibling("workload.tar");
        ImageArchive image = archive(software, List.of());
        image.write(workload, WORKLOAD + "@" + image.digest());
        load(workload, ctr);
    }

    /** Imports one archive. */
    void load(Path archive, List<String> ctr) {
        List<String> command = new ArrayList<>(ctr);
        command.addAll(List.of("images", "import", archive.toString()));
        Tool.run(command);
        progress.say("image " + archive.getFileName() + " is on the node");
    }

    private static ImageArchive archive(NodeSoftware software, List<String> arguments) {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        return new ImageArchive(software.workload(), architecture, arguments);
    }
}
