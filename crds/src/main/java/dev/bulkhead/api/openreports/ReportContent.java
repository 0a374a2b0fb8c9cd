package dev.bulkhead.api.openreports;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What both kinds of report hold. They have neither spec nor status: their fields are at the top.
 *
 * @see <a href="https://openreports.io">OpenReports v1alpha1</a>
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public abstract sealed class ReportContent implements HasMetadata permits Report, ClusterReport {
    /** API group. */
    public static final String GROUP = "openreports.io";

    /** Version served. */
    public static final String VERSION = "v1alpha1";

    private static final long serialVersionUID = 1;

    private String apiVersion = GROUP + "/" + VERSION;
    private String kind = getClass().getSimpleName();
    private ObjectMeta metadata = new ObjectMeta();
    private @Nullable String source;
    private @Nullable ObjectReference scope;
    private @Nullable Summary summary;
    private transient List<ReportResult> results = List.of();

    /** How many results of each kind there are. */
    public record Summary(int pass, int fail, int warn, int error, int skip) {}

    /** What a result says: pass, fail, warn (not scored), error (could not be found out), skip (not tried). */
    public enum Verdict {
        pass,
        fail,
        warn,
        error,
        skip
    }

    /** A moment, in the form of the Kubernetes type of that name. */
    public record Timestamp(long seconds, int nanos) {}

    /**
     * One result.
     *
     * @param policy id of the control
     * @param rule what it promises
     * @param category which layer it belongs to
     * @param severity critical, high, medium, low or info
     * @param result the verdict
     * @param message in words
     * @param timestamp when it was found
     * @param properties further facts, text to text
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ReportResult(
            String policy,
            @Nullable String rule,
            @Nullable String category,
            @Nullable String severity,
            Verdict result,
            boolean scored,
            @Nullable String message,
            Timestamp timestamp,
            Map<String, String> properties) {
        /** Makes the properties immutable, in order of their names, and absent ones empty. */
        public ReportResult {
            properties = properties == null ? Map.of() : Collections.unmodifiableSortedMap(new TreeMap<>(properties));
        }
    }

    @Override
    public String getApiVersion() {
        return apiVersion;
    }

    @Override
    public void setApiVersion(String version) {
        apiVersion = version;
    }

    @Override
    public String getKind() {
        return kind;
    }

    /** Sets the kind, which never changes. */
    public void setKind(String kind) {
        this.kind = kind;
    }

    @Override
    public ObjectMeta getMetadata() {
        return metadata;
    }

    @Override
    public void setMetadata(ObjectMeta metadata) {
        this.metadata = metadata;
    }

    /** Who found it; the same for all results. */
    public @Nullable String getSource() {
        return source;
    }

    /** Sets who found it. */
    public void setSource(@Nullable String source) {
        this.source = source;
    }

    /** What it is about. */
    public @Nullable ObjectReference getScope() {
        return scope;
    }

    /** Sets what it is about. */
    public void setScope(@Nullable ObjectReference scope) {
        this.scope = scope;
    }

    /** How many results of each kind there are. */
    public @Nullable Summary getSummary() {
        return summary;
    }

    /** Sets how many results of each kind there are. */
    public void setSummary(@Nullable Summary summary) {
        this.summary = summary;
    }

    /** The results. */
    public List<ReportResult> getResults() {
        return results;
    }

    /** Sets the results. */
    public void setResults(@Nullable List<ReportResult> results) {
        this.results = results == null ? List.of() : List.copyOf(results);
    }
}
