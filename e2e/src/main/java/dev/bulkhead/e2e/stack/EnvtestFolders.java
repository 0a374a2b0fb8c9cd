package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Folders in which other test tools (Fabric8 kube-api-test, setup-envtest) keep {@code etcd}, {@code kube-apiserver} and
 * {@code kubectl}.
 */
final class EnvtestFolders {
    private static final Pattern REPORTED = Pattern.compile("Kubernetes v(\\d+\\.\\d+)\\.");

    private final Map<String, String> environment;

    EnvtestFolders(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The first folder with all three programs whose API server says it is of {@code minor}, e.g. {@code "1.37"}. */
    Optional<Path> find(String minor) {
        return candidates(minor).stream()
                .filter(folder -> Stream.of("etcd", "kube-apiserver", "kubectl")
                        .allMatch(program -> Files.isExecutable(folder.resolve(program))))
                .filter(folder -> isOf(minor, folder.resolve("kube-apiserver")))
                .findFirst();
    }

    private Set<Path> candidates(String minor) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        Set<Path> folders = new LinkedHashSet<>();
        directory("KUBEBUILDER_ASSETS").ifPresent(folders::add);
        directory("KUBE_API_TEST_DIR").ifPresent(root -> folders.addAll(versions(root.resolve("k8s"), minor)));
        folders.addAll(versions(Path.of(home, ".kubeapitest", "k8s"), minor));
        folders.addAll(versions(Path.of(home, ".local", "share", "kubebuilder-envtest", "k8s"), minor));
        return folders;
    }

    private Optional<Path> directory(String variable) {
        return Optional.ofNullable(environment.get(variable))
                .filter(value -> !value.isBlank())
                .map(Path::of);
    }

    /** {@code <root>/<version>-<system>-<processor>}, the newest patch first. */
    private static List<Path> versions(Path root, String minor) {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith(minor + "."))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOf(String minor, Path apiServer) {
        try {
            Process process = new ProcessBuilder(apiServer.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            Matcher matcher =
                    REPORTED.matcher(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            return matcher.find() && matcher.group(1).equals(minor);
        } catch (IOException _) {
            // Another processor's program, or no program: as good as absent.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }
}
