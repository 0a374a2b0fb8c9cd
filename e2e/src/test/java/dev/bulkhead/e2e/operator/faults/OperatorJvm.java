package dev.bulkhead.e2e.operator.faults;

import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.ProcessSupervisor;
import dev.bulkhead.operator.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * An operator in a process of its own, one of several that agree by a lease on one that works; it comes to the API
 * server through a proxy of its own. Every one of them believes to run on the same host.
 */
final class OperatorJvm implements AutoCloseable {
    private final String name;
    private final ApiProxy api;
    private final Path log;
    private final Process process;

    private OperatorJvm(String name, ApiProxy api, Path log, Process process) {
        this.name = name;
        this.api = api;
        this.log = log;
        this.process = process;
    }

    /** Starts one; returns when it works or stands by. */
    static OperatorJvm start(Platform platform, Path directory, String name, Duration lease, Duration sweepInterval) {
        return start(
                platform,
                directory,
                name,
                lease,
                sweepInterval,
                new ApiProxy(platform.endpoints().kubernetes()));
    }

    /** Starts one that comes to the API server through this proxy, which ends with it. */
    static OperatorJvm start(
            Platform platform, Path directory, String name, Duration lease, Duration sweepInterval, ApiProxy api) {
        try {
            Path config = Files.writeString(directory.resolve(name + ".yaml"), """
                    platform:
                      operatorNamespace: bulkhead-system
                      podSecurityVersion: v1.37
                      podCidrs: [10.244.0.0/16]
                      serviceCidrs: [10.96.0.0/16]
                      nodeCidrs: [127.0.0.0/8]
                      devices: [%s]
                    masterKeys: %s
                    sweepInterval: %s
                    leaderElection: { enabled: true, leaseDuration: %s }
                    healthPort: 0
                    metricsPort: 0
                    bindAddress: 127.0.0.1
                    """.formatted(
                            Platform.DEVICE, platform.masterKeys(), sweepInterval, lease));
            Path log = directory.resolve(name + ".log");
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx256m",
                            "-Dhttp2.disable=true",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "run",
                            "--config",
                            config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().clear();
            builder.environment()
                    .putAll(Map.of(
                            "HOSTNAME", "one-host",
                            "TZ", "UTC",
                            "PATH", "/usr/bin:/bin",
                            "KUBERNETES_MASTER", api.url(),
                            "KUBERNETES_AUTH_TRYKUBECONFIG", "false",
                            "KUBERNETES_AUTH_TRYSERVICEACCOUNT", "true",
                            "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN",
                                    platform.tokenFile().toString()));
            OperatorJvm started = new OperatorJvm(name, api, log, builder.start());
            Awaitility.await(name + " started")
                    .atMost(Platform.PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> started.log().contains("operator started"));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ApiProxy api() {
        return api;
    }

    /** What it wrote to the API server, but for the lease, and for reviews, which change nothing. */
    List<ApiProxy.Request> writes() {
        return api.writes().stream()
                .filter(r -> !r.path().contains("/leases") && !r.path().endsWith("reviews"))
                .toList();
    }

    /** Stops it where it is, between any two instructions, until {@link #resume}. */
    void pause() {
        ProcessSupervisor.signal(process.pid(), "STOP");
    }

    /** Lets it go on as if nothing had happened. */
    void resume() {
        ProcessSupervisor.signal(process.pid(), "CONT");
    }

    /** Ends it without a word. */
    void kill() {
        ProcessSupervisor.signal(process.pid(), "KILL");
    }

    /** Asks it to end. */
    void terminate() {
        ProcessSupervisor.signal(process.pid(), "TERM");
    }

    boolean ended() {
        return !process.isAlive();
    }

    /** Waits for its end, not longer than this. */
    void awaitEnd(Duration longest) {
        Awaitility.await("the end of " + name)
                .atMost(longest)
                .pollInterval(Duration.ofMillis(20))
                .until(this::ended);
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        api.close();
    }
}
