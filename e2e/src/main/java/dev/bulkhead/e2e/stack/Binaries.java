package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The programs of the stack, in {@code <cache>/<kind>-<version>/}: found in a folder of another test tool, or in the
 * cache, or built into it once.
 */
public final class Binaries {
    /** File locks are held by the JVM as a whole, so threads need one of their own. */
    private static final ReentrantLock ONE_BUILD = new ReentrantLock();

    private final Path cache;
    private final Map<String, String> environment;
    private final Progress progress;

    /**
     * Nothing is looked for before {@link #provide()}.
     *
     * @param environment where to look for caches and folders: HOME, XDG_CACHE_HOME, KUBE_API_TEST_DIR,
     *     KUBEBUILDER_ASSETS
     */
    public Binaries(Map<String, String> environment, Progress progress) {
        this.environment = Map.copyOf(environment);
        this.progress = progress;
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        String base = environment.getOrDefault("XDG_CACHE_HOME", "");
        this.cache = (base.isBlank() ? Path.of(home, ".cache") : Path.of(base)).resolve("bulkhead");
    }

    /** All programs; builds what is missing, which takes up to a quarter of an hour the first time. */
    public Software provide() {
        String version = GoProject.KUBERNETES.version();
        String minor = version.substring(0, version.lastIndexOf('.'));
        Optional<Path> envtest = new EnvtestFolders(environment).find(minor);
        envtest.ifPresent(folder -> progress.say("taking etcd, kube-apiserver and kubectl from " + folder));

        Path seaweedfs = inCache(GoProject.SEAWEEDFS, Set.of("weed"));
        Path etcd = envtest.orElseGet(() -> inCache(GoProject.ETCD, Set.of("etcd")));
        Path kubernetes = inCache(
                GoProject.KUBERNETES,
                envtest.isPresent()
                        ? Set.of("kube-controller-manager")
                        : Set.of("kube-apiserver", "kube-controller-manager", "kubectl"));
        return new Software(
                etcd.resolve("etcd"),
                envtest.orElse(kubernetes).resolve("kube-apiserver"),
                kubernetes.resolve("kube-controller-manager"),
                envtest.orElse(kubernetes).resolve("kubectl"),
                seaweedfs.resolve("weed"),
                locked("postgresql", () -> PostgresDistribution.unpackInto(cache, progress)));
    }

    /** The folder that holds these programs of {@code project}; builds those that are missing. */
    public Path inCache(GoProject project, Set<String> programs) {
        Path folder = cache.resolve(project.kind() + "-" + project.version());
        if (missing(folder, programs).isEmpty()) {
            return folder;
        }
        return locked(project.kind(), () -> {
            PrivateFiles.createDirectory(folder);
            Set<String> missing = missing(folder, programs); // another process may have built them meanwhile
            if (!missing.isEmpty()) {
                new GoBuild(environment, progress).build(project, missing, folder);
            }
            return folder;
        });
    }

    private static Set<String> missing(Path folder, Set<String> programs) {
        Set<String> missing = new TreeSet<>(programs);
        missing.removeIf(program -> Files.isExecutable(folder.resolve(program)));
        return missing;
    }

    /** What makes one thing in the cache. */
    private interface Making {
        Path make();
    }

    private Path locked(String name, Making making) {
        PrivateFiles.createDirectory(cache);
        Path lockFile = cache.resolve("." + name + ".lock");
        ONE_BUILD.lock();
        try (FileChannel file = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = lock(file, name)) {
            return making.make();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            ONE_BUILD.unlock();
        }
    }

    private FileLock lock(FileChannel file, String name) throws IOException {
        FileLock lock = file.tryLock();
        if (lock != null) {
            return lock;
        }
        progress.say("waiting for another process that prepares " + name);
        return file.lock();
    }
}
