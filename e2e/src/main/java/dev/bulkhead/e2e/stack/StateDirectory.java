package dev.bulkhead.e2e.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Everything one local stack keeps: data, keys, ports, logs, and which processes are its own. Its owner alone may enter.
 *
 * @param root absolute path
 */
public record StateDirectory(Path root) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Makes {@code root} absolute. */
    public StateDirectory {
        root = root.toAbsolutePath().normalize();
    }

    /** {@code $XDG_STATE_HOME/bulkhead}, else {@code ~/.local/state/bulkhead}. */
    public static StateDirectory ofUser(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        String base = environment.getOrDefault("XDG_STATE_HOME", "");
        return new StateDirectory(
                (base.isBlank() ? Path.of(home, ".local", "state") : Path.of(base)).resolve("bulkhead"));
    }

    /** Creates the directory; what exists stays as it is. */
    public void create() {
        PrivateFiles.createDirectory(root);
    }

    /** {@code name} below the root, created, e.g. {@code directory("log")}. */
    public Path directory(String name) {
        Path directory = root.resolve(name);
        PrivateFiles.createDirectory(directory);
        return directory;
    }

    /** The log of the process {@code name}. */
    public Path log(String name) {
        return directory("log").resolve(name + ".log");
    }

    /** The record of type {@code type} in the file {@code name}, unless there is no such file. */
    public <T> Optional<T> read(String name, Class<T> type) {
        Path file = root.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), type));
        } catch (JsonProcessingException e) {
            throw new StackException(
                    file + " is not what this version writes; remove the state with `./bulkhead down --wipe`", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The record in the file {@code name}; made by {@code first} and written when there is no such file. */
    public <T> T readOrCreate(String name, Class<T> type, Supplier<T> first) {
        return read(name, type).orElseGet(() -> {
            T value = first.get();
            write(name, value);
            return value;
        });
    }

    /** Writes the file {@code name} whole or not at all, readable by its owner only. */
    public void writePrivately(String name, byte[] content) {
        PrivateFiles.write(root.resolve(name), content);
    }

    /** Removes the file or directory {@code name} and all below it; it is no error when there is none. */
    public void remove(String name) {
        PrivateFiles.deleteTree(root.resolve(name));
    }

    /** Writes {@code value} as JSON into the file {@code name}, readable by its owner only. */
    public void write(String name, Object value) {
        try {
            PrivateFiles.write(root.resolve(name), JSON.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
