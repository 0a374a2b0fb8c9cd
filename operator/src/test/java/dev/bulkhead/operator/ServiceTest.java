package dev.bulkhead.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.health.ClusterTrust;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceTest {
    private static final Duration SOON = Duration.ofMillis(10);

    @TempDir
    private Path directory;

    @Test
    void a_process_whose_client_trusts_the_authorities_of_yesterday_begins_anew() throws Exception {
        Path file = Files.writeString(directory.resolve("ca.crt"), "yesterday's");
        ClusterTrust trust = trust(file);
        try (Service service = new Service("test")) {
            Files.writeString(file, "today's");

            assertThat(service.ending(trust, SOON)).isEqualTo(Service.ServiceEnd.ANEW);
            // The next client reads the file as it is.
            service.anew();
            assertThat(service.ending(trust(file), Duration.ofMinutes(1))).isEqualTo(Service.ServiceEnd.ANEW);
        }
    }

    private static ClusterTrust trust(Path file) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:1")
                .withCaCertFile(file.toString())
                .build();
        return ClusterTrust.of(config);
    }
}
