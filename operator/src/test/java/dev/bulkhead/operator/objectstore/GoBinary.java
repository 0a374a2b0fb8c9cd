package dev.bulkhead.operator.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Servers that tests run and Go builds: the program that is named, or in the cache of the local stack, or built into it. */
final class GoBinary {
    private GoBinary() {}

    /** What is run in an empty folder, so that the program lies there afterwards. */
    @FunctionalInterface
    interface Recipe {
        List<String> in(Path folder) throws IOException;
    }

    /**
     * Finds or builds it.
     *
     * @param variable setting that names the program
     * @param kept folder in the cache
     * @param program its file name
     * @param patience for building
     */
    static Path of(String variable, String kept, String program, Duration patience, Recipe recipe) {
        String named = System.getProperty(variable, System.getenv(variable));
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path binary = (xdg == null || xdg.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg))
                .resolve("bulkhead")
                .resolve(kept)
                .resolve(program);
        if (!Files.isExecutable(binary)) {
            build(variable, binary, patience, recipe);
        }
        return binary;
    }

    /** Into a folder beside it and moved: a build that is cut off leaves nothing that looks finished. */
    private static void build(String variable, Path binary, Duration patience, Recipe recipe) {
        try {
            Files.createDirectories(binary.getParent());
            Path folder = Files.createTempDirectory(binary.getParent(), "build-");
            try {
                ProcessBuilder builder = new ProcessBuilder(recipe.in(folder))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .directory(folder.toFile());
                builder.environment().put("GOBIN", folder.toString());
                Process go = builder.start();
                if (!go.waitFor(patience.toMinutes(), TimeUnit.MINUTES) || go.exitValue() != 0) {
                    go.destroyForcibly();
                    throw new IOException(
                            "building " + binary.getFileName() + " failed: " + Files.readString(folder.resolve("log")));
                }
                Files.move(folder.resolve(binary.getFileName()), binary, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                VersityServer.deleteTree(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    binary.getFileName() + " is needed: set " + variable
                            + " to it, or install Go so that it can be built",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
