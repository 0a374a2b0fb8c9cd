package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The operator's jar and what it needs, as they were built at some time. It runs from a copy, because the next build
 * replaces the jars, and a JVM that still runs from them fails at the first class it has not loaded yet.
 *
 * @param built the jar as the build left it, with its libraries in {@code lib} beside it
 * @param digest of all of it
 */
record OperatorProgram(Path built, String digest) {
    private static final String COPIES = "operator/program";
    private static final int DIGEST_CHARS = 16;

    /** What lies there now. */
    static OperatorProgram at(Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw new StackException("there is no " + jar + "; build it with `mvn -DskipTests package`");
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files(jar)) {
                digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
            return new OperatorProgram(
                    jar, HexFormat.of().formatHex(digest.digest()).substring(0, DIGEST_CHARS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The jar of its copy in a state directory, made whole or not at all when it is not there yet. */
    Path copyIn(StateDirectory state) {
        Path copy = state.root().resolve(COPIES).resolve(digest);
        if (!Files.isDirectory(copy)) {
            String draft = COPIES + "/." + digest;
            state.remove(draft);
            try {
                Path to = state.root().resolve(draft);
                Files.createDirectories(to.resolve("lib"));
                for (Path file : files(built)) {
                    Files.copy(file, (file.equals(built) ? to : to.resolve("lib")).resolve(file.getFileName()));
                }
                Files.move(to, copy, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return copy.resolve(built.getFileName());
    }

    /** Removes the copies of other builds, once nothing runs from them. */
    void removeOthers(StateDirectory state) {
        try (Stream<Path> copies = Files.list(state.root().resolve(COPIES))) {
            copies.map(copy -> copy.getFileName().toString())
                    .filter(name -> !name.equals(digest))
                    .forEach(name -> state.remove(COPIES + "/" + name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path jar) throws IOException {
        Path libraries = jar.resolveSibling("lib");
        if (!Files.isDirectory(libraries)) {
            return List.of(jar);
        }
        try (Stream<Path> files = Files.list(libraries)) {
            return Stream.concat(Stream.of(jar), files.sorted()).toList();
        }
    }
}
