import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Lays out everything of the operator's image but the operator: a Java runtime of only the modules it uses, the shared
 * libraries that runtime needs, and the few files the C library asks for. No base image, so no registry, no shell, no
 * package manager. Run by Maven's profile {@code image} with the JDK that compiles the code.
 *
 * <p>The shared libraries are those of the machine that builds: found by {@code ldd}, copied to the same paths, so that
 * the image's dynamic loader finds them by its own defaults. Rejected: a distribution's base image (needs a registry and
 * brings a shell), a distribution's package taken apart (needs that distribution's tools), a static or musl runtime (no
 * JDK of ours is built so). To update them, build on an updated machine.
 */
final class ImageRoot {
    /** What the operator and its libraries use; no java.desktop, because no class of it is ever loaded. */
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.security.jgss",
            "java.security.sasl",
            "java.sql",
            "java.xml",
            "jdk.httpserver",
            "jdk.localedata",
            "jdk.management",
            "jdk.unsupported");

    /** Loaded by the C library itself when it resolves names or ends threads, so {@code ldd} does not see them. */
    private static final List<String> LOADED_BY_NAME =
            List.of("libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2", "libgcc_s.so.1");

    private static final String USER = "65532";
    private static final Pattern FOUND = Pattern.compile("^\\s*(?:\\S+ => )?(/\\S+) \\(0x[0-9a-f]+\\)$");
    private static final Pattern MISSING = Pattern.compile("^\\s*(\\S+) => not found$");

    private final Path root;
    private final Path runtime;

    private ImageRoot(Path root) {
        this.root = root;
        this.runtime = root.resolve("opt/java");
    }

    static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("usage: ImageRoot DIRECTORY");
        }
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new IllegalStateException("the image is built of this machine's Java runtime and libraries, so on Linux only");
        }
        ImageRoot image = new ImageRoot(Path.of(arguments[0]).toAbsolutePath());
        image.clear();
        image.linkRuntime();
        image.removeTools();
        image.dumpClasses();
        Set<Path> libraries = image.libraries();
        image.copy(libraries);
        image.writeSystemFiles();
        System.out.println("image root: Java " + Runtime.version() + " and " + libraries.size() + " shared libraries in "
                + image.root);
    }

    private void clear() throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(root.resolve("tmp"));
        Files.createDirectories(runtime.getParent());
    }

    private void linkRuntime() {
        int code = ToolProvider.findFirst("jlink")
                .orElseThrow(() -> new IllegalStateException("this JDK has no jlink"))
                .run(
                        new PrintStream(System.out, true, StandardCharsets.UTF_8),
                        new PrintStream(System.err, true, StandardCharsets.UTF_8),
                        "--add-modules",
                        String.join(",", MODULES),
                        "--include-locales=en,de",
                        "--strip-java-debug-attributes",
                        "--no-header-files",
                        "--no-man-pages",
                        "--output",
                        runtime.toString());
        if (code != 0) {
            throw new IllegalStateException("jlink ended with code " + code);
        }
    }

    /** Only what starts the operator. */
    private void removeTools() throws IOException {
        try (Stream<Path> programs = Files.list(runtime.resolve("bin"))) {
            for (Path program : programs.filter(file -> !file.endsWith("java")).toList()) {
                Files.delete(program);
            }
        }
    }

    /** An archive of the runtime's classes serves only the object layout and collector it was made with. */
    private void dumpClasses() throws IOException, InterruptedException {
        int code = new ProcessBuilder(
                        runtime.resolve("bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:+UseCompactObjectHeaders",
                        "-Xshare:dump",
                        "-Xlog:disable")
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException("java -Xshare:dump ended with code " + code);
        }
    }

    /** Absolute paths, on this machine, of what the runtime's programs and libraries are linked with. */
    private Set<Path> libraries() throws IOException, InterruptedException {
        Set<Path> found = new TreeSet<>();
        Set<String> missing = new TreeSet<>();
        Set<String> own = new TreeSet<>();
        for (Path file : linked()) {
            own.add(file.getFileName().toString());
            for (String line : ldd(file)) {
                Matcher library = FOUND.matcher(line);
                Matcher absent = MISSING.matcher(line);
                if (library.matches()) {
                    found.add(Path.of(library.group(1)).normalize());
                } else if (absent.matches()) {
                    missing.add(absent.group(1));
                }
            }
        }
        missing.removeAll(own); // libjvm.so is found by the launcher, not by the loader
        if (!missing.isEmpty()) {
            throw new IllegalStateException("this machine lacks libraries the Java runtime needs: " + missing);
        }
        found.removeIf(library -> library.startsWith(root));
        Path libc = found.stream()
                .filter(library -> library.getFileName().toString().startsWith("libc.so"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no C library among " + found));
        for (String name : LOADED_BY_NAME) {
            Optional.of(libc.resolveSibling(name)).filter(Files::exists).ifPresent(found::add);
        }
        return found;
    }

    private List<Path> linked() throws IOException {
        List<Path> linked = new ArrayList<>();
        try (Stream<Path> files = Files.walk(runtime)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".so") || (file.getParent().endsWith("bin") && Files.isExecutable(file))) {
                    linked.add(file);
                }
            }
        }
        return linked;
    }

    private static List<String> ldd(Path file) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("ldd", file.toString()).redirectErrorStream(true).start();
        List<String> lines;
        try (var reader = process.inputReader()) {
            lines = reader.lines().toList();
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException("ldd " + file + ": " + String.join(" ", lines));
        }
        return lines;
    }

    private void copy(Set<Path> libraries) throws IOException {
        for (Path library : libraries) {
            Path target = root.resolve(Path.of("/").relativize(library));
            Files.createDirectories(target.getParent());
            Files.copy(library.toRealPath(), target);
        }
    }

    private void writeSystemFiles() throws IOException {
        Path etc = Files.createDirectories(root.resolve("etc"));
        Files.writeString(etc.resolve("passwd"), "bulkhead:x:" + USER + ":" + USER + ":Bulkhead:/tmp:/nonexistent\n");
        Files.writeString(etc.resolve("group"), "bulkhead:x:" + USER + ":\n");
        Files.writeString(etc.resolve("nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
        // Debian and its kin say there under which terms the libraries may be passed on.
        for (String of : List.of("libc6", "libgcc-s1")) {
            Path terms = Path.of("/usr/share/doc", of, "copyright");
            if (Files.exists(terms)) {
                Path target = root.resolve("usr/share/doc").resolve(of).resolve("copyright");
                Files.createDirectories(target.getParent());
                Files.copy(terms.toRealPath(), target);
            }
        }
    }
}
