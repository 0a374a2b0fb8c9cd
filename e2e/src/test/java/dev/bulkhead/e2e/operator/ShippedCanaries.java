package dev.bulkhead.e2e.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;

/** The two canary tenants as the chart ships them, Ready; needs a running operator. */
public final class ShippedCanaries implements AutoCloseable {
    /** Their Tenants. */
    public static final List<String> NAMES = List.of("canary-one", "canary-two");

    private static final Path DIRECTORY = Path.of("..", "charts", "bulkhead", "canaries");

    private final Platform platform;

    private ShippedCanaries(Platform platform) {
        this.platform = platform;
    }

    /** Applies their profile and them, and waits. */
    public static ShippedCanaries on(Platform platform) {
        platform.admin().resource(read("profile")).forceConflicts().serverSideApply();
        NAMES.forEach(name -> platform.apply(read(name)));
        NAMES.forEach(platform::awaitReady);
        return new ShippedCanaries(platform);
    }

    /** The one namespace of a canary. */
    public static String namespace(String tenant) {
        return tenant + "--cage";
    }

    private static String read(String name) {
        try {
            return Files.readString(DIRECTORY.resolve(name + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes them away with their namespaces, because the next test makes the same tenants anew. */
    @Override
    public void close() {
        KubernetesClient admin = platform.admin();
        NAMES.forEach(platform::remove);
        NAMES.forEach(name -> admin.namespaces().withName(namespace(name)).delete());
        Awaitility.await("namespaces of the canaries gone")
                .atMost(Platform.PATIENCE)
                .until(() -> NAMES.stream()
                        .allMatch(name ->
                                admin.namespaces().withName(namespace(name)).get() == null));
    }
}
