package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator found and did; never what was merely wished. */
@JsonClassDescription("What the operator found and did.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TenantStatus(
        @JsonPropertyDescription("metadata.generation this status was computed from.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Pending, Provisioning, Active, Degraded, Suspended, Conflict, Invalid or Deleting.")
        @Nullable
        TenantPhase phase,

        @JsonPropertyDescription("What all names and keys derive from: spec.adopt, else metadata.uid.") @Nullable
        String identity,

        @JsonPropertyDescription("Verified, Unknown or Breached: what the probes found, never what was configured.")
        @Nullable
        Isolation isolation,

        @JsonPropertyDescription("Controls enforced, of those that apply.") @Nullable
        String enforced,

        @JsonPropertyDescription("Controls with a valid proof, of those that can be proven.") @Nullable
        String proven,

        @JsonPropertyDescription("Controls with a current attestation, of those that need one.") @Nullable
        String attested,

        @JsonPropertyDescription("When a probe last ran, RFC 3339.") @Nullable
        String lastProbe,

        @JsonPropertyDescription("The tenant's namespaces, as they are in the cluster.")
        List<NamespaceStatus> namespaces,

        @JsonPropertyDescription("The tenant's compartment in PostgreSQL.") @Nullable
        DatabaseStatus database,

        @JsonPropertyDescription("The tenant's bucket.") @Nullable
        ObjectStoreStatus objectStore,

        @JsonPropertyDescription("Versions of the keys in use.") @Nullable
        KeyStatus keys,

        @JsonPropertyDescription("When credentials and keys were exchanged, and when they will be.") @Nullable
        RotationStatus rotation,

        @JsonPropertyDescription("The tenant's workflows.") List<WorkflowStatus> workflows,

        @JsonPropertyDescription("Verdict per control: enforced, proven, attested.")
        List<ControlStatus> controls,

        @JsonPropertyDescription("What the chosen modes leave open, named so that nobody learns it late.")
        List<ResidualRisk> residualRisks,

        @JsonPropertyDescription("Conditions, keyed by type.")
        List<Condition> conditions,

        @JsonPropertyDescription(
                "true while nothing was ever made for the Tenant: what is set once may still change, and it is deleted without being suspended. Not there otherwise.")
        @Nullable
        Boolean unprovisioned) {

    /** Makes lists immutable and absent lists empty. */
    public TenantStatus {
        namespaces = Lists.copy(namespaces);
        workflows = Lists.copy(workflows);
        controls = Lists.copy(controls);
        residualRisks = Lists.copy(residualRisks);
        conditions = Lists.copy(conditions);
    }

    /** The same with another word on rotation. */
    public TenantStatus withRotation(@Nullable RotationStatus other) {
        return with(database, objectStore, other, controls, unprovisioned);
    }

    /** The same with other verdicts. */
    public TenantStatus withControls(List<ControlStatus> verdicts) {
        return with(database, objectStore, rotation, verdicts, unprovisioned);
    }

    /** The same with the data lying there. */
    public TenantStatus withHomes(@Nullable DatabaseStatus schema, @Nullable ObjectStoreStatus bucket) {
        return with(schema, bucket, rotation, controls, unprovisioned);
    }

    /** The same with another word on whether nothing was ever made. */
    public TenantStatus withUnprovisioned(boolean nothing) {
        return with(database, objectStore, rotation, controls, nothing ? true : null);
    }

    private TenantStatus with(
            @Nullable DatabaseStatus schema,
            @Nullable ObjectStoreStatus bucket,
            @Nullable RotationStatus exchanged,
            List<ControlStatus> verdicts,
            @Nullable Boolean nothingMade) {
        return new TenantStatus(
                observedGeneration,
                phase,
                identity,
                isolation,
                enforced,
                proven,
                attested,
                lastProbe,
                namespaces,
                schema,
                bucket,
                keys,
                exchanged,
                workflows,
                verdicts,
                residualRisks,
                conditions,
                nothingMade);
    }

    /** Where a tenant is in its life. */
    public enum TenantPhase {
        Pending,
        Provisioning,
        Active,
        Degraded,
        Suspended,
        Conflict,
        Invalid,
        Deleting
    }

    /** What the break-out probes say as a whole. */
    public enum Isolation {
        Verified,
        Unknown,
        Breached
    }

    /** A namespace of the tenant. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record NamespaceStatus(
            @Required @JsonPropertyDescription("Full name, <tenant>--<name>.")
            String name,

            @Required @JsonPropertyDescription("Ready, Pending or Conflict.")
            String state) {}

    /** The schema and login of the tenant. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record DatabaseStatus(
            @Required @JsonPropertyDescription("DatabaseServer.")
            String server,

            @Required @JsonPropertyDescription("Database on that server.")
            String database,

            @Required @JsonPropertyDescription("Schema, derived from the identity.")
            String schema,

            @JsonPropertyDescription("Login role in use; the other slot is for rotation.") @Nullable
            String login) {}

    /** The bucket of the tenant. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record ObjectStoreStatus(
            @Required @JsonPropertyDescription("ObjectStore.")
            String store,

            @Required @JsonPropertyDescription("Bucket, derived from the identity.")
            String bucket,

            @JsonPropertyDescription("Access key id in use; the other slot is for rotation.") @Nullable
            String accessKeyId) {}

    /** Versions of keys; never the keys. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record KeyStatus(
            @Required @JsonPropertyDescription("Master key that wraps the tenant key.")
            String masterKeyId,

            @Required @JsonPropertyDescription("Version of the tenant key.")
            Integer tenantKeyVersion,

            @Required @JsonPropertyDescription("Version of the sealing key pair.")
            Integer sealKeyVersion) {}

    /** The age of credentials and keys; never the keys. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record RotationStatus(
            @JsonPropertyDescription("When each was last exchanged; what is not named is as it was made.")
            List<Rotated> last,

            @JsonPropertyDescription("When the next is due by the profile, RFC 3339.") @Nullable
            String nextDue,

            @JsonPropertyDescription("When an old credential that still works is shut at the latest, RFC 3339.")
            @Nullable
            String oldUntil,

            @JsonPropertyDescription("The Rotation that is under way or waits.") @Nullable
            String running) {
        /** Makes the list immutable. */
        public RotationStatus {
            last = Lists.copy(last);
        }
    }

    /** One exchange. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Rotated(
            @Required @JsonPropertyDescription("Database, ObjectStore, TenantKey or SealingKey.")
            RotationSpec.Rotatable name,

            @Required @JsonPropertyDescription("When the old one was shut, RFC 3339.")
            String at) {}

    /** A workflow as found in the cluster. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record WorkflowStatus(
            @Required @JsonPropertyDescription("Name in spec.workflows.")
            String name,

            @Required @JsonPropertyDescription("Namespace it runs in.")
            String namespace,

            @Required @JsonPropertyDescription("Pods wanted.")
            Integer replicas,

            @Required @JsonPropertyDescription("Pods available.")
            Integer available) {}

    /** The verdict on one control of the catalogue. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record ControlStatus(
            @Required @JsonPropertyDescription("Stable id, such as TI-NET.")
            String id,

            @Required @JsonPropertyDescription("Required: without it the tenant is not Ready. Expected: shown only.")
            Demand demand,

            @Required @JsonPropertyDescription("Enforced, Degraded, Unknown, NotEnforceable or NotApplicable.")
            Enforcement enforcement,

            @Required @JsonPropertyDescription("Proven, Failed, Inconclusive, Stale or Never.")
            Proof proof,

            @Required @JsonPropertyDescription("Current, Expired, Missing or NotRequired.")
            Attestation attestation,

            @Required @JsonPropertyDescription("Why it is enforced or not, as one CamelCase word.")
            String reason,

            @JsonPropertyDescription("Why it is enforced or not, and what to do about it.") @Nullable
            String message,

            @JsonPropertyDescription(
                    "When the operator last looked whether it is in force, RFC 3339. Written anew after an hour at the latest.")
            @Nullable
            String seenAt,

            @JsonPropertyDescription(
                    "How often the operator looks, ISO 8601. After two of them without a look it is Unknown.")
            @Nullable
            String lookEvery,

            @JsonPropertyDescription("Why it is not proven; nothing where it is, or where no probe has run.") @Nullable
            String proofMessage,

            @JsonPropertyDescription("When the proof was made, RFC 3339.") @Nullable
            String observedAt,

            @JsonPropertyDescription("Until when the proof counts; past it, it is Stale whatever this says.") @Nullable
            String validUntil) {
        /** The same, seen at another time. */
        public ControlStatus withSeenAt(@Nullable String time) {
            return new ControlStatus(
                    id,
                    demand,
                    enforcement,
                    proof,
                    attestation,
                    reason,
                    message,
                    time,
                    lookEvery,
                    proofMessage,
                    observedAt,
                    validUntil);
        }

        /** The same with another word on whether it is in force. */
        public ControlStatus withEnforcement(Enforcement other, String why, @Nullable String words) {
            return new ControlStatus(
                    id,
                    demand,
                    other,
                    proof,
                    attestation,
                    why,
                    words,
                    seenAt,
                    lookEvery,
                    proofMessage,
                    observedAt,
                    validUntil);
        }
    }

    /** Weight of a control for a profile. */
    public enum Demand {
        Required,
        Expected
    }

    /** Whether a control is in force. */
    public enum Enforcement {
        Enforced,
        Degraded,
        Unknown,
        NotEnforceable,
        NotApplicable
    }

    /** Whether a test showed it. */
    public enum Proof {
        Proven,
        Failed,
        Inconclusive,
        Stale,
        Never
    }

    /** Whether somebody declared it, and still stands by it. */
    public enum Attestation {
        Current,
        Expired,
        Missing,
        NotRequired
    }

    /** Something the chosen mode cannot hide or prevent. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record ResidualRisk(
            @Required @JsonPropertyDescription("Stable id.") String id,

            @Required @JsonPropertyDescription("What another tenant or the tenant's own people can still see or do.")
            String message) {}
}
