package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of this project from which Go builds programs: {@code go.mod} and {@code go.sum}, and thereby the exact sources,
 * checked by their digests, of others' programs; or the sources of a program of its own.
 *
 * @param kind name of the folder, and of the one in the cache, e.g. {@code etcd}
 * @param module the module that holds the programs
 * @param programs package path by program name
 * @param extras files of the module, by path, that are kept beside the programs under their last name
 * @param sources files in the folder, besides the two, when the program is its own
 * @param diskSpace what building takes, as told to people
 */
public record GoProject(
        String kind,
        String module,
        Map<String, String> programs,
        List<String> extras,
        List<String> sources,
        String diskSpace) {
    /** Control plane, command line, and what a node runs. */
    public static final GoProject KUBERNETES = others(
            "kubernetes",
            "k8s.io/kubernetes",
            Map.of(
                    "kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver",
                    "kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager",
                    "kubectl", "k8s.io/kubernetes/cmd/kubectl",
                    "kubelet", "k8s.io/kubernetes/cmd/kubelet",
                    "kube-proxy", "k8s.io/kubernetes/cmd/kube-proxy",
                    "kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
            "7 GB");

    /** Pod network and network policy: the CNI plugin, the agent, and the CRDs that the agent reads. */
    public static final GoProject CALICO = new GoProject(
            "calico",
            "github.com/projectcalico/calico",
            Map.of(
                    "calico", "github.com/projectcalico/calico/cni-plugin/cmd/calico",
                    "calico-felix", "github.com/projectcalico/calico/felix/cmd/calico-felix"),
            List.of("manifests/calico.yaml"),
            List.of(),
            "3 GB");

    /** The program in the containers of a local node. */
    public static final GoProject WORKLOAD = new GoProject(
            "workload",
            "dev.bulkhead/binaries/workload",
            Map.of("workload", "."),
            List.of(),
            List.of("bucket.go", "connect.go", "database.go", "fill.go", "main.go", "serve.go"),
            "300 MB");

    static final GoProject ETCD =
            others("etcd", "go.etcd.io/etcd/server/v3", Map.of("etcd", "go.etcd.io/etcd/server/v3"), "1 GB");

    static final GoProject SEAWEEDFS = others(
            "seaweedfs",
            "github.com/seaweedfs/seaweedfs",
            Map.of("weed", "github.com/seaweedfs/seaweedfs/weed"),
            "5 GB");

    private static final int DIGITS_OF_OWN_VERSION = 12;

    /** Copies. */
    public GoProject {
        programs = Map.copyOf(programs);
        extras = List.copyOf(extras);
        sources = List.copyOf(sources);
    }

    private static GoProject others(String kind, String module, Map<String, String> programs, String diskSpace) {
        return new GoProject(kind, module, programs, List.of(), List.of(), diskSpace);
    }

    /**
     * The version that {@code go.mod} asks for, without {@code v}, e.g. {@code 3.6.8}; of a program of this project, which
     * has none, digits that change with its sources.
     */
    String version() {
        if (!sources.isEmpty()) {
            return ownVersion();
        }
        Matcher matcher = Pattern.compile(
                        "^\\s*(?:require\\s+)?" + Pattern.quote(module) + " v(\\S+)", Pattern.MULTILINE)
                .matcher(new String(file("go.mod"), StandardCharsets.UTF_8));
        if (!matcher.find()) {
            throw new IllegalStateException("go.mod of " + kind + " does not require " + module);
        }
        return matcher.group(1);
    }

    private String ownVersion() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files().forEach(name -> digest.update(file(name)));
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS_OF_OWN_VERSION);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Names of all files in the folder. */
    List<String> files() {
        return Stream.concat(Stream.of("go.mod", "go.sum"), sources.stream()).toList();
    }

    /** For people: {@code "etcd 3.6.8 (etcd)"}. */
    String title(List<String> names) {
        return kind + " " + version() + " (" + String.join(", ", names) + ")";
    }

    /** The package of {@code program}, one of {@link #programs()}. */
    String packageOf(String program) {
        return Objects.requireNonNull(programs.get(program), program);
    }

    /** Content of one of {@link #files()}. */
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
