package dev.bulkhead.e2e;

import dev.bulkhead.e2e.stack.StateDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --state}, shared by all commands. */
final class StateOption {
    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Where the stack keeps everything (default: $BULKHEAD_STATE, else ~/.local/state/bulkhead).")
    private @Nullable Path directory;

    /** Beside the local stack's, so that both can run. */
    StateDirectory resolveFor(String context) {
        if (directory != null) {
            return new StateDirectory(directory);
        }
        Path local = resolve().root();
        return new StateDirectory(
                local.resolveSibling(local.getFileName() + "-" + context.replaceAll("[^A-Za-z0-9._-]", "_")));
    }

    StateDirectory resolve() {
        if (directory != null) {
            return new StateDirectory(directory);
        }
        String named = System.getenv().getOrDefault("BULKHEAD_STATE", "");
        return named.isBlank() ? StateDirectory.ofUser(System.getenv()) : new StateDirectory(Path.of(named));
    }
}
