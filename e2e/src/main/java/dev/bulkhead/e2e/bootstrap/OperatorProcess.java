package dev.bulkhead.e2e.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.e2e.stack.Polling;
import dev.bulkhead.e2e.stack.ProcessSupervisor;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The operator, or another {@link BulkheadProcess}, as a process of this machine, with what its pod would be given: the configuration the chart rendered, the
 * master keys, and the token of its own ServiceAccount. Nothing of the administrator reaches it.
 */
public final class OperatorProcess {
    /** Name of the operator's process, its run file and its log. */
    public static final String NAME = BulkheadProcess.OPERATOR.account();

    private static final String PORTS_FILE = "ports.json";
    private static final String RUNNING_FILE = "running.json";
    private static final Duration START = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(30);

    /**
     * What was started last.
     *
     * @param program digest of its jars
     */
    private record StartedOperator(String program) {}

    /**
     * Where the operator listens.
     *
     * @param health of {@code /healthz} and {@code /readyz}
     * @param metrics of {@code /metrics}
     */
    public record Listening(int health, int metrics) {}

    private final KubernetesClient admin;
    private final StateDirectory state;
    private final OperatorAccess access;
    private final Path jar;
    private final BulkheadProcess part;

    OperatorProcess(
            KubernetesClient admin, StateDirectory state, OperatorAccess access, Path jar, BulkheadProcess part) {
        this.part = part;
        this.admin = admin;
        this.state = state;
        this.access = access;
        this.jar = jar;
    }

    /**
     * Starts it unless it runs already, and returns when its caches are filled. One that was built anew since takes the
     * place of the one that runs.
     */
    void start() {
        OperatorProgram program = OperatorProgram.at(jar);
        Path copy = program.copyIn(state);
        Listening listening = state.readOrCreate(part.file(PORTS_FILE), Listening.class, OperatorProcess::freePorts);
        Path config = configuration(listening);
        Map<String, String> environment = new HashMap<>(access.environment());
        environment.put("HOSTNAME", "local");
        ProcessSupervisor processes = new ProcessSupervisor(state);
        if (!state.read(part.file(RUNNING_FILE), StartedOperator.class)
                .equals(Optional.of(new StartedOperator(program.digest())))) {
            processes.stop(part.account(), ProcessSupervisor.StopSignal.TERM, GRACE);
            state.remove(part.file(RUNNING_FILE));
        }
        processes.start(new ProcessSupervisor.Spec(part.account(), command(copy, config), environment));
        // Noted once it runs: whoever is cut off before that starts it once more, never leaves an old one running.
        state.readOrCreate(part.file(RUNNING_FILE), StartedOperator.class, () -> new StartedOperator(program.digest()));
        program.removeOthers(state);
        Polling.until(
                START,
                () -> ready(listening),
                () -> part.account() + " did not get ready in " + START.toSeconds() + " s"
                        + processes.logTail(part.account()));
    }

    /** Where the operator of a state directory listens. */
    public static Listening listening(StateDirectory state) {
        return state.read(BulkheadProcess.OPERATOR.file(PORTS_FILE), Listening.class)
                .orElseThrow(() -> new StackException("no operator was started here; run `./bulkhead up`"));
    }

    private List<String> command(Path program, Path config) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-XX:TieredStopAtLevel=1",
                "-XX:MaxRAM=" + part.memory(),
                // As many connections to the object store are kept as are used at once: each new one costs a handshake.
                "-Dhttp.maxConnections=16",
                "-Xss512k",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                program.toString(),
                part.command(),
                "--config",
                config.toString());
    }

    private Path masterKeys() {
        Secret secret = admin.secrets()
                .inNamespace(Bootstrap.NAMESPACE)
                .withName(Bootstrap.MASTER_KEY_SECRET)
                .require();
        secret.getData()
                .forEach((id, key) -> state.writePrivately(
                        "operator/master-keys/" + id, Base64.getDecoder().decode(key)));
        return state.root().resolve("operator/master-keys");
    }

    /** What the chart rendered, with the paths and ports of this machine. */
    private Path configuration(Listening listening) {
        ConfigMap rendered = admin.configMaps()
                .inNamespace(Bootstrap.NAMESPACE)
                .withName("bulkhead-operator")
                .require();
        YAMLMapper yaml = new YAMLMapper();
        try {
            ObjectNode config = (ObjectNode) yaml.readTree(rendered.getData().get("config.yaml"));
            if (part == BulkheadProcess.OPERATOR) {
                config.put("masterKeys", masterKeys().toString());
            }
            config.put("healthPort", listening.health());
            config.put("metricsPort", listening.metrics());
            config.put("bindAddress", "127.0.0.1");
            config.putObject("log").put("format", "text").put("level", "INFO");
            state.writePrivately(
                    part.file("config.yaml"), yaml.writeValueAsString(config).getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new StackException("the chart's configuration is not YAML: " + e.getOriginalMessage(), e);
        }
        return state.root().resolve(part.file("config.yaml"));
    }

    private static boolean ready(Listening listening) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + listening.health() + "/readyz"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Listening freePorts() {
        try (ServerSocket health = new ServerSocket(0);
                ServerSocket metrics = new ServerSocket(0)) {
            return new Listening(health.getLocalPort(), metrics.getLocalPort());
        } catch (IOException e) {
            throw new StackException("no free port: " + e.getMessage(), e);
        }
    }
}
