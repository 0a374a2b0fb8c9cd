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
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The operator's configuration: one YAML file, rendered by the chart and constant while the operator runs.
 *
 * @param operatorNamespace namespace of the operator
 * @param keysNamespace namespace of the key rings and admin logins, where no pod runs; another than the operator's
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
        String keysNamespace,
        PlatformSettings platform,
        Path masterKeys,
        Duration sweepInterval,
        ProberSettings prober,
        @Nullable Lease leaderElection,
        int healthPort,
        int metricsPort,
        String bindAddress,
        Log log) {
    /** What {@link #keysNamespace} is unless it is said otherwise. */
    public static final String USUAL_KEYS_NAMESPACE = "bulkhead-keys";

    private static final Duration LONGEST_VALIDITY = Duration.ofHours(24);
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(3);

    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** The configuration cannot be used; the message says which field and why. */
    public static final class UnusableSettingsException extends Exception {
        private static final long serialVersionUID = 1;

        /** Says what is wrong with them. */
        public UnusableSettingsException(String message) {
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
     * @param trusted whose bindings are no breach though they reach into tenants' namespaces
     */
    public record ProberSettings(
            Duration interval, Duration validity, String image, String pullPolicy, List<Trusted> trusted) {
        /** Makes the list immutable. */
        public ProberSettings {
            trusted = List.copyOf(trusted);
        }

        /** Evidence that says nothing new is written again after this time. */
        public Duration refresh() {
            return validity.dividedBy(3);
        }
    }

    /**
     * Somebody the platform trusts with tenants' namespaces, such as a network plugin.
     *
     * @param kind User, Group or ServiceAccount
     * @param namespace of a ServiceAccount, else empty; as in its name, {@code *} stands for any characters
     * @param reason why
     * @param owner who answers for it
     * @param until last day; past it, nobody answers for it
     */
    public record Trusted(String kind, String namespace, String name, String reason, String owner, LocalDate until) {}

    /**
     * A lease that one replica holds.
     *
     * @param duration after its last renewal, before another replica may take it; whole seconds
     */
    public record Lease(String namespace, String name, Duration duration) {}

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
            @Nullable String pullPolicy,
            @Nullable List<TrustedFile> trusted) {}

    private record TrustedFile(
            @Nullable String kind,
            @Nullable String namespace,
            @Nullable String name,
            @Nullable String reason,
            @Nullable String owner,
            @Nullable String until) {}

    private record LeaseFile(
            @Nullable Boolean enabled,
            @Nullable String leaseNamespace,
            @Nullable String leaseName,
            @Nullable String leaseDuration) {}

    private record LogFile(
            @Nullable String format, @Nullable String level) {}

    private record Platform(
            @Nullable String operatorNamespace,
            @Nullable String keysNamespace,
            @Nullable List<String> podCidrs,
            @Nullable List<String> serviceCidrs,
            @Nullable List<String> nodeCidrs,
            @Nullable String podSecurityVersion,
            @Nullable String dnsNamespace,
            @Nullable Map<String, String> dnsPodLabels,
            @Nullable String clusterDomain,
            @Nullable List<String> devices) {}

    /**
     * Reads the file.
     *
     * @param podNamespace used where the file names no namespace
     */
    public static OperatorSettings read(Path file, @Nullable String podNamespace) throws UnusableSettingsException {
        try {
            return parse(file.toString(), Files.readString(file), podNamespace);
        } catch (IOException e) {
            throw new UnusableSettingsException("configuration " + file + " cannot be read: " + e.getMessage());
        }
    }

    /**
     * Reads the text of such a file.
     *
     * @param file what to call it in errors
     * @param podNamespace used where the text names no namespace
     */
    public static OperatorSettings parse(String file, String text, @Nullable String podNamespace)
            throws UnusableSettingsException {
        File read;
        try {
            read = YAML.readValue(text, File.class);
        } catch (JsonProcessingException e) {
            throw new UnusableSettingsException("configuration " + file + " is not usable: " + e.getOriginalMessage());
        }
        Platform platform = read.platform();
        String namespace =
                platform == null || platform.operatorNamespace() == null ? podNamespace : platform.operatorNamespace();
        if (namespace == null || namespace.isEmpty()) {
            throw new UnusableSettingsException("configuration " + file
                    + " names no platform.operatorNamespace, and POD_NAMESPACE is not set; one of the two is needed");
        }
        return new OperatorSettings(
                namespace,
                keysNamespace(file, namespace, platform),
                platform(file, namespace, platform),
                Path.of(Objects.requireNonNullElse(read.masterKeys(), "/etc/bulkhead/master-keys")),
                duration(file, "sweepInterval", read.sweepInterval(), "PT60S"),
                prober(file, read.prober()),
                lease(file, namespace, read.leaderElection()),
                Objects.requireNonNullElse(read.healthPort(), 8080),
                Objects.requireNonNullElse(read.metricsPort(), 9090),
                Objects.requireNonNullElse(read.bindAddress(), "0.0.0.0"),
                log(read.log()));
    }

    /** Beside the master key a key ring would be no safer than the key, and in a tenant's namespace it would be the tenant's. */
    private static String keysNamespace(String file, String namespace, @Nullable Platform platform)
            throws UnusableSettingsException {
        String keys = platform == null || isBlank(platform.keysNamespace())
                ? USUAL_KEYS_NAMESPACE
                : Objects.requireNonNull(platform.keysNamespace());
        if (keys.equals(namespace) || keys.contains("--")) {
            throw new UnusableSettingsException("configuration " + file + ": platform.keysNamespace " + keys
                    + " is the operator's own namespace or may be a tenant's; name one of its own, such as "
                    + USUAL_KEYS_NAMESPACE);
        }
        return keys;
    }

    private static ProberSettings prober(String file, @Nullable ProberFile read) throws UnusableSettingsException {
        ProberSettings prober = new ProberSettings(
                duration(file, "prober.interval", read == null ? null : read.interval(), "PT10M"),
                duration(file, "prober.validity", read == null ? null : read.validity(), "PT3H"),
                read == null || read.image() == null ? "bulkhead-operator" : read.image(),
                read == null || read.pullPolicy() == null ? "IfNotPresent" : read.pullPolicy(),
                trusted(file, read));
        if (prober.refresh().compareTo(prober.interval()) < 0) {
            throw new UnusableSettingsException("configuration " + file + ": prober.validity is below three times"
                    + " prober.interval; proof would go stale while the prober runs");
        }
        if (prober.validity().compareTo(LONGEST_VALIDITY) > 0) {
            throw new UnusableSettingsException("configuration " + file + ": prober.validity is above "
                    + LONGEST_VALIDITY + "; a proof of long ago says little about today");
        }
        return prober;
    }

    private static List<Trusted> trusted(String file, @Nullable ProberFile read) throws UnusableSettingsException {
        List<Trusted> all = new ArrayList<>();
        for (TrustedFile one : read == null || read.trusted() == null ? List.<TrustedFile>of() : read.trusted()) {
            String field = "configuration " + file + ": prober.trusted[" + all.size() + "]";
            boolean account = "ServiceAccount".equals(one.kind());
            if (one.kind() == null
                    || !List.of("User", "Group", "ServiceAccount").contains(one.kind())
                    || isBlank(one.name())
                    || account == isBlank(one.namespace())) {
                throw new UnusableSettingsException(
                        field + " names nobody; it needs kind (User, Group, ServiceAccount), name, and for a"
                                + " ServiceAccount alone its namespace");
            }
            if (onlyStars(one.name()) && (!account || onlyStars(one.namespace()))) {
                throw new UnusableSettingsException(
                        field + " trusts everybody; with * for some characters it has to name the others");
            }
            if ("Group".equals(one.kind()) && Objects.requireNonNull(one.name()).startsWith("system:")) {
                throw new UnusableSettingsException(field + " trusts " + one.name()
                        + ", which is everybody, or whoever Kubernetes counts to it; name an account");
            }
            if (isBlank(one.reason()) || isBlank(one.owner()) || isBlank(one.until())) {
                throw new UnusableSettingsException(field + " is no exception without reason, owner and until");
            }
            try {
                all.add(new Trusted(
                        one.kind(),
                        Objects.requireNonNullElse(one.namespace(), ""),
                        Objects.requireNonNull(one.name()),
                        Objects.requireNonNull(one.reason()),
                        Objects.requireNonNull(one.owner()),
                        LocalDate.parse(Objects.requireNonNull(one.until()))));
            } catch (DateTimeParseException e) {
                throw new UnusableSettingsException(field + ".until is not a date such as 2027-12-31");
            }
        }
        return all;
    }

    private static boolean onlyStars(@Nullable String pattern) {
        return pattern != null && pattern.chars().allMatch(c -> c == '*');
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private static @Nullable Lease lease(String file, String namespace, @Nullable LeaseFile read)
            throws UnusableSettingsException {
        if (read == null || !Boolean.TRUE.equals(read.enabled())) {
            return null;
        }
        Duration duration = duration(file, "leaderElection.leaseDuration", read.leaseDuration(), "PT15S");
        if (duration.compareTo(SHORTEST_LEASE) < 0 || !duration.equals(duration.truncatedTo(ChronoUnit.SECONDS))) {
            throw new UnusableSettingsException("configuration " + file + ": leaderElection.leaseDuration is below "
                    + SHORTEST_LEASE + " or no whole number of seconds; a busy machine would lose a shorter lease");
        }
        return new Lease(
                Objects.requireNonNullElse(read.leaseNamespace(), namespace),
                Objects.requireNonNullElse(read.leaseName(), "bulkhead-operator"),
                duration);
    }

    private static Log log(@Nullable LogFile file) {
        return file == null
                ? new Log("text", "INFO")
                : new Log(
                        Objects.requireNonNullElse(file.format(), "text"),
                        Objects.requireNonNullElse(file.level(), "INFO"));
    }

    private static PlatformSettings platform(String file, String namespace, @Nullable Platform platform)
            throws UnusableSettingsException {
        if (platform == null
                || isEmpty(platform.podCidrs())
                || isEmpty(platform.serviceCidrs())
                || isEmpty(platform.nodeCidrs())) {
            throw new UnusableSettingsException(
                    "configuration " + file + ": platform.podCidrs, serviceCidrs and nodeCidrs are"
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
                Objects.requireNonNullElse(platform.clusterDomain(), PlatformSettings.USUAL_DOMAIN),
                Objects.requireNonNullElse(platform.devices(), List.of()));
    }

    private static boolean isEmpty(@Nullable List<String> list) {
        return list == null || list.isEmpty();
    }

    private static Duration duration(String file, String field, @Nullable String text, String otherwise)
            throws UnusableSettingsException {
        try {
            Duration duration = Duration.parse(Objects.requireNonNullElse(text, otherwise));
            if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new UnusableSettingsException("configuration " + file + ": " + field + " is below one second");
            }
            return duration;
        } catch (DateTimeParseException e) {
            throw new UnusableSettingsException(
                    "configuration " + file + ": " + field + " is not an ISO 8601 duration such as " + otherwise);
        }
    }
}
