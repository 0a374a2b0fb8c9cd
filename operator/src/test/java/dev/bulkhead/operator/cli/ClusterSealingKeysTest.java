package dev.bulkhead.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.secret.SealingKeySource.Lookup;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ClusterSealingKeysTest {
    @Test
    void a_cluster_that_is_down_is_named_with_the_reason_and_what_to_do() throws IOException {
        String nobody = "https://127.0.0.1:" + closedPort() + "/";

        assertThat(message(nobody))
                .contains("cluster " + nobody, "connection refused", "kubectl get namespaces", "--tenant-config")
                .doesNotContain("Operation", "failed", "Exception", "[");
    }

    @Test
    void a_name_that_nobody_knows_is_no_cluster() {
        assertThat(message("https://no-such-cluster.invalid/")).contains("no-such-cluster.invalid", "name is unknown");
    }

    private static String message(String cluster) {
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl(cluster).build();
        Lookup lookup = new ClusterSealingKeys(() -> config).lookup("acme--app");
        assertThat(lookup).isInstanceOf(Lookup.Failed.class);
        return ((Lookup.Failed) lookup).message();
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
