package dev.bulkhead.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTrustTest {
    @TempDir
    private Path directory;

    @Test
    void another_content_of_the_file_is_an_exchange() throws IOException {
        Path file = Files.writeString(directory.resolve("ca.crt"), "old authority");
        ClusterTrust trust = trust(file.toString());
        assertThat(trust.exchanged()).isFalse();

        Files.writeString(file, "old and new authority");
        assertThat(trust.exchanged()).isTrue();

        Files.writeString(file, "old authority");
        assertThat(trust.exchanged()).isFalse();
    }

    /** As for a moment while the kubelet writes it. */
    @Test
    void a_file_that_is_gone_or_empty_says_nothing() throws IOException {
        Path file = Files.writeString(directory.resolve("ca.crt"), "authority");
        ClusterTrust trust = trust(file.toString());

        Files.writeString(file, "");
        assertThat(trust.exchanged()).isFalse();
        Files.delete(file);
        assertThat(trust.exchanged()).isFalse();
    }

    @Test
    void who_trusts_no_file_sees_no_exchange() {
        assertThat(trust(null).exchanged()).isFalse();
        assertThat(trust("").exchanged()).isFalse();
    }

    private static ClusterTrust trust(@Nullable String file) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:1")
                .withCaCertFile(file)
                .build();
        return ClusterTrust.of(config);
    }
}
