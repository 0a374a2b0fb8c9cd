package dev.bulkhead.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.health.ClusterTrust;
import dev.bulkhead.operator.health.SetClock;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
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

            assertThat(service.ending(trust, SetClock.fromNow(), SOON)).isEqualTo(Service.ServiceEnd.ANEW);
            // The next client reads the file as it is.
            service.anew();
            assertThat(service.ending(trust(file), SetClock.fromNow(), Duration.ofMinutes(1)))
                    .isEqualTo(Service.ServiceEnd.ANEW);
        }
    }

    @Test
    void a_process_that_remembers_what_happened_at_times_that_are_still_to_come_begins_anew() throws Exception {
        ClusterTrust trust = trust(directory.resolve("none"));
        try (Service service = new Service("test")) {
            Iterator<Instant> set =
                    List.of(Instant.EPOCH.plusSeconds(3600), Instant.EPOCH).iterator();

            assertThat(service.ending(trust, new SetClock(set::next, () -> 0), SOON))
                    .isEqualTo(Service.ServiceEnd.ANEW);
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
