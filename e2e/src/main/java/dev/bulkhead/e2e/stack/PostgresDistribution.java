package dev.bulkhead.e2e.stack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Properties;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL server that comes as an archive on the class path. */
final class PostgresDistribution {
    private static final String VERSION = version();

    private PostgresDistribution() {}

    /** Unpacks it below {@code cache} unless that was done before; its folder, with {@code bin/postgres}. */
    static Path unpackInto(Path cache, Progress progress) {
        Path home = cache.resolve("postgresql-" + VERSION);
        if (Files.isExecutable(home.resolve("bin").resolve("postgres"))) {
            return home;
        }
        progress.say("unpacking PostgreSQL " + VERSION);
        Path draft = null;
        try (InputStream archive = open()) {
            draft = Files.createTempDirectory(cache, ".postgresql");
            unpack(archive, draft);
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(draft, home, StandardCopyOption.ATOMIC_MOVE);
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (draft != null) {
                PrivateFiles.deleteTree(draft);
            }
        }
    }

    private static InputStream open() {
        String processor = switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            case String other -> other;
        };
        String resource = "/postgres-linux-" + processor + ".txz";
        InputStream archive = PostgresDistribution.class.getResourceAsStream(resource);
        if (archive == null || !System.getProperty("os.name").equals("Linux")) {
            throw new StackException("the local stack has PostgreSQL for Linux on amd64 and arm64 only, this is "
                    + System.getProperty("os.name") + " on " + processor
                    + "; use a virtual machine, or an existing cluster with `./bulkhead up --context NAME`");
        }
        return archive;
    }

    private static void unpack(InputStream archive, Path target) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("the archive wants to write outside its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(file.getParent());
                    Files.copy(tar, file);
                    boolean program = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = PostgresDistribution.class.getResourceAsStream("/stack.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("postgresql.version");
    }
}
