package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.calls.ExternalCalls;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CapabilityProbeTest {
    @Test
    void what_is_documented_for_a_driver_is_what_the_real_server_does() {
        try (VersityServer server = VersityServer.start();
                VersityDriver driver = new VersityDriver(server.connection(), ExternalCalls.unobserved())) {
            StoreCapabilities found = driver.capabilities();

            assertThat(available(found))
                    .isEqualTo(available(StoreCapabilities.documented(ObjectStoreSpec.Driver.Versity, false)));
            assertThat(driver.bucketNames()).isEmpty();
        }
    }

    static Map<StoreFeature, Boolean> available(StoreCapabilities capabilities) {
        Map<StoreFeature, Boolean> available = new TreeMap<>();
        capabilities.seen().forEach((feature, seen) -> available.put(feature, seen.available()));
        return available;
    }
}
