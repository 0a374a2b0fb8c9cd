package dev.bulkhead.e2e.operator.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tenant with one namespace, people, a database, a bucket and a workflow: the example of the portal under another
 * name.
 */
record SmallTenant(String name, String yaml) {
    private static final String EXAMPLE = "waschhaus";

    /** The same as every other but for the name. */
    static SmallTenant named(String name) {
        try {
            return new SmallTenant(name, Files.readString(Path.of("..", "examples", "portal-waschhaus.yaml")))
                    .with("name: " + EXAMPLE + "\n", "name: " + name + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With one piece of its YAML replaced. */
    SmallTenant with(String piece, String other) {
        if (!yaml.contains(piece)) {
            throw new IllegalArgumentException("the example does not say: " + piece);
        }
        return new SmallTenant(name, yaml.replace(piece, other));
    }

    SmallTenant onServer(String server) {
        return with("  database:\n", "  database:\n    server: " + server + "\n");
    }

    SmallTenant onStore(String store) {
        return with("  objectStore:\n", "  objectStore:\n    store: " + store + "\n");
    }

    SmallTenant withConnections(int limit) {
        return with("connectionLimit: 24", "connectionLimit: " + limit);
    }

    SmallTenant withProfile(String profile) {
        return with("profile: portal", "profile: " + profile);
    }

    String namespace() {
        return name + "--web";
    }
}
