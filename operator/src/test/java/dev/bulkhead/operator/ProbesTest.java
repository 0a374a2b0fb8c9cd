package dev.bulkhead.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probes as the prober wires them; none of them asks anybody before its first round. */
class ProbesTest {
    @TempDir
    Path directory;

    @Test
    void a_control_counts_as_provable_exactly_where_a_probe_proves_it() throws Exception {
        Set<Control> probed;
        try (KubernetesClient client = unreachable();
                Probes probes = new Probes(client, settings(), Duration.ZERO, ExternalCalls.unobserved())) {
            probed = probes.all().stream()
                    .flatMap(probe -> probe.proves().stream())
                    .collect(Collectors.toSet());
        }

        assertThat(Arrays.stream(Control.values()).filter(Control::provable))
                .as("controls whose catalogue entry says how they are proven")
                .containsExactlyInAnyOrderElementsOf(probed);
    }

    private static KubernetesClient unreachable() {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("https://192.0.2.1")
                        .withAutoConfigure(false)
                        .build())
                .build();
    }

    private OperatorSettings settings() throws IOException, OperatorSettings.UnusableSettingsException {
        Path file = directory.resolve("config.yaml");
        Files.writeString(file, """
                platform:
                  operatorNamespace: bulkhead-system
                  podCidrs: [10.244.0.0/16]
                  serviceCidrs: [10.96.0.0/16]
                  nodeCidrs: [192.0.2.0/24]
                """);
        return OperatorSettings.read(file, null);
    }
}
