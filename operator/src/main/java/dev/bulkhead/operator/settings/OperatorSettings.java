package dev.bulkhead.operator.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.operator.validate.PlatformSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The operator's configuration: one YAML file, rendered by the chart and constant while the operator runs.
 *
 * @param operatorNamespace namespace of the operator and of the Secrets it may read
 * @param platform what it is told about the cluster
 * @param masterKeys directory of master keys
 * @param sweepInterval how often PostgreSQL and S3 are compared with the plan
 * @param prober how often isolation is attacked, and how long that counts
 * @param leaderElection the lease by which several replicas agree on one that works; null when there is only one
 * @param healthPort port of {@code /healthz} and {@code /readyz}
 * @param metricsPort port of {@code /metrics}
 * @param bindAddress address both listen on
 * @param log how to log
 */
public record OperatorSettings(
        String operatorNamespace,
        PlatformSettings platform,
        Path masterKeys,
        Duration sweepInterval,
        Prober prober,
        @Nullable Lease leaderElection,
        int healthPort,
        int metricsPort,
        String bindAddress,
        Log log) {
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** The configuration cannot be used; the message says which field and why. */
    public static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableException(String message) {
            super(message);
        }
    }

    /**
     * The prober's rhythm.
     *
     * @param interval between two rounds of one tenant
     * @param validity of a proof
     * @param image of the pods that try connections, which tenants' namespaces must be able to pull
     * @param pullPolicy of that image
     */
    public record Prober(Duration interval, Duration validity, String image, String pullPolicy) {
        /** Evidence that says nothing new is written again after this time. */
        public Duration refresh() {
            return validity.dividedBy(3);
        }
    }

    /** A lease that one replica holds. */
    public record Lease(String namespace, String name) {}

    /** How to log: {@code json} or {@code text}, from a level of SLF4J up. */
    public record Log(String format, String level) {}

    private record File(
            @Nullable Platform platform,
            @Nullable String masterKeys,
            @Nullable String sweepInterval,
            @Nullable ProberFile prober,
            @Nullable LeaseFile leaderElection,
            @Nullable Integer healthPort,
            @Nullable Integer metricsPort,
            @Nullable String bindAddress,
            @Nullable LogFile log) {}

    private record ProberFile(
            @Nullable String interval,
            @Nullable String validity,
            @Nullable String image,
            @Nullable String pullPolicy) {}

    private record LeaseFile(
            @Nullable Boolean enabled,
            @Nullable String leaseNamespace,
            @Nullable String leaseName) {}

    private record LogFile(
            @Nullable String format, @Nullable String level) {}

    private record Platform(
            @Nullable String operatorNamespace,
            @Nullable List<String> podCidrs,
            @Nullable List<String> serviceCidrs,
            @Nullable List<String> nodeCidrs,
            @Nullable String podSecurityVersion,
            @Nullable String dnsNamespace,
            @Nullable Map<String, String> dnsPodLabels,
            @Nullable String clusterDomain) {}

    /**
     * Reads the file.
     *
     * @param podNamespace used where the file names no namespace
     */
    public static OperatorSettings read(Path file, @Nullable String podNamespace) throws UnusableException {
        try {
            return parse(file.toString(), Files.readString(file), podNamespace);
        } catch (IOException e) {
            throw new UnusableException("configuration " + file + " cannot be read: " + e.getMessage());
        }
    }

    /**
     * Reads the text of such a file.
     *
     * @param file what to call it in errors
     * @param podNamespace used where the text names no namespace
     */
    public static OperatorSettings parse(String file, String text, @Nullable String podNamespace)
            throws UnusableException {
        File read;
        try {
            read = YAML.readValue(text, File.class);
        } catch (JsonProcessingException e) {
            throw new UnusableException("configuration " + file + " is not usable: " + e.getOriginalMessage());
        }
        Platform platform = read.platform();
        String namespace =
                platform == null || platform.operatorNamespace() == null ? podNamespace : platform.operatorNamespace();
        if (namespace == null || namespace.isEmpty()) {
            throw new UnusableException("configuration " + file
                    + " names no platform.operatorNamespace, and POD_NAMESPACE is not set; one of the two is needed");
        }
        return new OperatorSettings(
                namespace,
                platform(file, namespace, platform),
                Path.of(Objects.requireNonNullElse(read.masterKeys(), "/etc/bulkhead/master-keys")),
                duration(file, "sweepInterval", read.sweepInterval(), "PT60S"),
                prober(file, read.prober()),
                lease(namespace, read.leaderElection()),
                Objects.requireNonNullElse(read.healthPort(), 8080),
                Objects.requireNonNullElse(read.metricsPort(), 9090),
                Objects.requireNonNullElse(read.bindAddress(), "0.0.0.0"),
                log(read.log()));
    }

    private static Prober prober(String file, @Nullable ProberFile read) throws UnusableException {
        Prober prober = new Prober(
                duration(file, "prober.interval", read == null ? null : read.interval(), "PT10M"),
                duration(file, "prober.validity", read == null ? null : read.validity(), "PT3H"),
                read == null || read.image() == null ? "bulkhead-operator" : read.image(),
                read == null || read.pullPolicy() == null ? "IfNotPresent" : read.pullPolicy());
        if (prober.refresh().compareTo(prober.interval()) < 0) {
            throw new UnusableException("configuration " + file + ": prober.validity is below three times"
                    + " prober.interval; proof would go stale while the prober runs");
        }
        return prober;
    }

    private static @Nullable Lease lease(String namespace, @Nullable LeaseFile file) {
        return file == null || !Boolean.TRUE.equals(file.enabled())
                ? null
                : new Lease(
                        Objects.requireNonNullElse(file.leaseNamespace(), namespace),
                        Objects.requireNonNullElse(file.leaseName(), "bulkhead-operator"));
    }

    private static Log log(@Nullable LogFile file) {
        return file == null
                ? new Log("text", "INFO")
                : new Log(
                        Objects.requireNonNullElse(file.format(), "text"),
                        Objects.requireNonNullElse(file.level(), "INFO"));
    }

    private static PlatformSettings platform(String file, String namespace, @Nullable Platform platform)
            throws UnusableException {
        if (platform == null
                || isEmpty(platform.podCidrs())
                || isEmpty(platform.serviceCidrs())
                || isEmpty(platform.nodeCidrs())) {
            throw new UnusableException("configuration " + file + ": platform.podCidrs, serviceCidrs and nodeCidrs are"
                    + " needed; without them an egress rule of one tenant could reach the pods of another");
        }
        return new PlatformSettings(
                namespace,
                Objects.requireNonNullElse(platform.podSecurityVersion(), "v1.35"),
                Objects.requireNonNull(platform.podCidrs()),
                Objects.requireNonNull(platform.serviceCidrs()),
                Objects.requireNonNull(platform.nodeCidrs()),
                Objects.requireNonNullElse(platform.dnsNamespace(), "kube-system"),
                Objects.requireNonNullElse(platform.dnsPodLabels(), Map.of("k8s-app", "kube-dns")),
                Objects.requireNonNullElse(platform.clusterDomain(), PlatformSettings.USUAL_DOMAIN));
    }

    private static boolean isEmpty(@Nullable List<String> list) {
        return list == null || list.isEmpty();
    }

    private static Duration duration(String file, String field, @Nullable String text, String otherwise)
            throws UnusableException {
        try {
            Duration duration = Duration.parse(Objects.requireNonNullElse(text, otherwise));
            if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new UnusableException("configuration " + file + ": " + field + " is below one second");
            }
            return duration;
        } catch (DateTimeParseException e) {
            throw new UnusableException(
                    "configuration " + file + ": " + field + " is not an ISO 8601 duration such as " + otherwise);
        }
    }
}
