package dev.bulkhead.e2e.operator.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tenant with one namespace, people, a database, a bucket and a workflow: the example of the portal. */
final class SmallTenant {
    private SmallTenant() {}

    /** The same as every other but for the name. */
    static String named(String name) {
        try {
            return Files.readString(Path.of("..", "examples", "portal-waschhaus.yaml"))
                    .replace("name: waschhaus\n", "name: " + name + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
