package dev.bulkhead.operator.health;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the authorities were exchanged that the API server's certificate is checked by. A client reads their file when it is
 * made and never again, so that after a renewal of the cluster's own authority none of its requests gets through any more; the token
 * beside it, which the kubelet writes anew every hour, it reads again by itself.
 */
public final class ClusterTrust {
    private final @Nullable Path file;
    private final byte[] trusted;

    private ClusterTrust(@Nullable Path file) {
        this.file = file;
        this.trusted = read();
    }

    /** What a client of this configuration comes to trust; to be asked for before that one is made. */
    public static ClusterTrust of(Config config) {
        String file = config.getCaCertFile();
        return new ClusterTrust(file == null || file.isBlank() ? null : Path.of(file));
    }

    /** Whether the file has another content by now. One that is gone or empty says nothing. */
    public boolean exchanged() {
        byte[] now = read();
        return now.length > 0 && !Arrays.equals(now, trusted);
    }

    private byte[] read() {
        try {
            return file == null ? new byte[0] : Files.readAllBytes(file);
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
