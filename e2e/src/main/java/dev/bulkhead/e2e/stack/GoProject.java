package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder of this project that holds nothing but {@code go.mod} and {@code go.sum}, and thereby the exact sources,
 * checked by their digests, from which Go builds programs of others.
 *
 * @param kind name of the folder, and of the one in the cache, e.g. {@code etcd}
 * @param module the module that holds the programs
 * @param programs package path by program name
 * @param diskSpace what building takes, as told to people
 */
record GoProject(String kind, String module, Map<String, String> programs, String diskSpace) {
    static final GoProject KUBERNETES = new GoProject(
            "kubernetes",
            "k8s.io/kubernetes",
            Map.of(
                    "kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver",
                    "kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager",
                    "kubectl", "k8s.io/kubernetes/cmd/kubectl"),
            "7 GB");
    static final GoProject ETCD =
            new GoProject("etcd", "go.etcd.io/etcd/server/v3", Map.of("etcd", "go.etcd.io/etcd/server/v3"), "1 GB");
    static final GoProject VERSITYGW = new GoProject(
            "versitygw",
            "github.com/versity/versitygw",
            Map.of("versitygw", "github.com/versity/versitygw/cmd/versitygw"),
            "2 GB");

    GoProject {
        programs = Map.copyOf(programs);
    }

    /** The version that {@code go.mod} asks for, without {@code v}, e.g. {@code 3.6.8}. */
    String version() {
        Matcher matcher = Pattern.compile(
                        "^\\s*(?:require\\s+)?" + Pattern.quote(module) + " v(\\S+)", Pattern.MULTILINE)
                .matcher(new String(file("go.mod"), StandardCharsets.UTF_8));
        if (!matcher.find()) {
            throw new IllegalStateException("go.mod of " + kind + " does not require " + module);
        }
        return matcher.group(1);
    }

    /** For people: {@code "etcd 3.6.8 (etcd)"}. */
    String title(List<String> names) {
        return kind + " " + version() + " (" + String.join(", ", names) + ")";
    }

    /** The package of {@code program}, one of {@link #programs()}. */
    String packageOf(String program) {
        return Objects.requireNonNull(programs.get(program), program);
    }

    /** Content of {@code go.mod} or {@code go.sum}. */
    byte[] file(String name) {
        String resource = "/go/" + kind + "/" + name;
        try (InputStream in = Objects.requireNonNull(GoProject.class.getResourceAsStream(resource), resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Flags for the linker: no debug symbols, and the version that the program reports. */
    String linkerFlags() {
        if (!kind.equals("kubernetes")) {
            return "-s -w";
        }
        // Built outside its own tree, Kubernetes would call itself v0.0.0-master and clients would distrust it.
        List<String> numbers = List.of(version().split("\\.", -1));
        String at = "-X k8s.io/component-base/version.";
        return "-s -w %sgitVersion=v%s %sgitMajor=%s %sgitMinor=%s"
                .formatted(at, version(), at, numbers.get(0), at, numbers.get(1));
    }
}
