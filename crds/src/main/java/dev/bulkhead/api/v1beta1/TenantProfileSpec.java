package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bounds, demanded controls and platform peers of one product. */
@JsonClassDescription("The product's rules.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.bounds) || self.bounds.all(k, k.startsWith('retention.')"
                + " ? k.matches('^retention[.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$') : k in ["
                + "'protectionNeed', 'protectionNeed.highFor', 'environment', "
                + "'dataCategories', 'contract.reference', 'people.admins', "
                + "'people.users', 'people.auditors', 'people.auditors.until', "
                + "'namespaces', 'quota.cpu', 'quota.memory', "
                + "'quota.storage', 'quota.ephemeralStorage', 'quota.pods', 'quota.devices', 'network.ingressFrom', "
                + "'network.egress.kind', 'network.egress.ports', 'network.egress.subprocessor', "
                + "'database.mode', 'database.connectionLimit', 'database.statementTimeout', "
                + "'database.extensions', 'objectStore.quota', 'objectStore.noncurrentVersions', "
                + "'workflows.image', 'workflows.registries', 'workflows.replicas', "
                + "'workflows.resources', 'storage.classes', 'storage.claims', "
                + "'pods.runtimeClasses', 'pods.priorityClasses', 'pods.devices'"
                + "])",
        message = "spec.bounds names a field that cannot be bound; there are "
                + "protectionNeed, protectionNeed.highFor, environment, "
                + "dataCategories, contract.reference, people.admins, "
                + "people.users, people.auditors, people.auditors.until, "
                + "namespaces, quota.cpu, quota.memory, "
                + "quota.storage, quota.ephemeralStorage, quota.pods, quota.devices, network.ingressFrom, "
                + "network.egress.kind, network.egress.ports, network.egress.subprocessor, "
                + "database.mode, database.connectionLimit, database.statementTimeout, "
                + "database.extensions, objectStore.quota, objectStore.noncurrentVersions, "
                + "workflows.image, workflows.registries, workflows.replicas, "
                + "workflows.resources, storage.classes, storage.claims, "
                + "pods.runtimeClasses, pods.priorityClasses, pods.devices, "
                + "and retention.<dataClass>")
@ValidationRule(
        value = "!has(self.controls) || self.controls.all(k, k in ["
                + "'TI-NS', 'TI-NET', 'TI-EGR', 'TI-POD', 'TI-RBAC', 'TI-ADM', "
                + "'TI-DB', 'TI-OBJ', 'TI-SEC', 'TI-REST', 'TI-TLS', 'TI-BAK', "
                + "'TI-DRILL', 'TI-RET', 'TI-DEL', 'TI-LOG', 'TI-ENV', 'TI-RES', "
                + "'TI-CFG', 'TI-INC', 'TI-ATT', 'TI-SLO'"
                + "])",
        message = "spec.controls names a control that there is not; docs/controls.md lists them, such as TI-NET")
public record TenantProfileSpec(
        @Required @Size(min = 1, max = 200) @JsonPropertyDescription("The product, as its customers know it.")
        String product,

        @Required
        @Size(min = 1, max = 200)
        @JsonPropertyDescription("Title and version of the TOM document whose promises these bounds keep.")
        String document,

        @Size(max = 100)
        @JsonPropertyDescription("Limits by Tenant field. A Tenant may only be stricter; one that becomes looser"
                + " because a bound was tightened turns Degraded, nothing is torn down.")
        Map<String, Bound> bounds,

        @Size(max = 50) @JsonPropertyDescription("Demand by control id. A control that is not named is Expected.")
        Map<String, TenantStatus.Demand> controls,

        @Size(max = 50) @JsonPropertyDescription("Platform components that tenants may name in network.ingressFrom.")
        Map<String, Peer> peers,

        @Default("false") @JsonPropertyDescription("Whether people may be given as groups of the identity provider.")
        Boolean groupsAllowed,

        @Default("false")
        @JsonPropertyDescription("Whether each tenant needs a DatabaseServer of its own, whose spec.tenant names it:"
                + " what all databases of a server share cannot all be bounded.")
        Boolean ownDatabaseServer,

        @JsonPropertyDescription(
                "When credentials and keys are exchanged. Absent means never by themselves, but after a" + " breach.")
        @Nullable
        RotationRules rotation) {

    /** Makes maps immutable and absent ones empty. */
    public TenantProfileSpec {
        bounds = Lists.copy(bounds);
        controls = Lists.copy(controls);
        peers = Lists.copy(peers);
        groupsAllowed = groupsAllowed != null && groupsAllowed;
        ownDatabaseServer = ownDatabaseServer != null && ownDatabaseServer;
    }

    /** When credentials and keys are exchanged, and how long an old one still works. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record RotationRules(
            @Size(min = ApiGroup.DURATION_MIN, max = 32)
            @Pattern(ApiGroup.DURATION)
            @JsonPropertyDescription(
                    "How old a credential or key may become, such as P90D: it is exchanged before it is."
                            + " Absent means that nothing is exchanged by age.")
            @Nullable
            String every,

            @Size(min = ApiGroup.DURATION_MIN, max = 32)
            @Pattern(ApiGroup.DURATION)
            @Default("PT5M")
            @JsonPropertyDescription("How long an old login or key works at most once the new one is delivered; for"
                    + " sessions and pods to change over.")
            String drainFor) {
        /** How long it is where the profile says nothing. */
        public static final String DRAIN_FOR = "PT5M";

        /** Puts the default in. */
        public RotationRules {
            drainFor = drainFor == null ? DRAIN_FOR : drainFor;
        }
    }

    /** The limits of one field, and the measures that ask for them. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @ValidationRule(value = "has(self.min) || has(self.max) || has(self.oneOf)", message = "give min, max or oneOf")
    public record Bound(
            @Size(max = 32) @JsonPropertyDescription("Lowest value: a number, quantity or ISO 8601 duration.") @Nullable
            String min,

            @Size(max = 32)
            @JsonPropertyDescription("Highest value: a number, quantity or ISO 8601 duration.")
            @Nullable
            String max,

            @Size(min = 1, max = 100) @JsonPropertyDescription("The values allowed.") @Nullable
            List<@Size(min = 1, max = 253) String> oneOf,

            @Required
            @Size(min = 1, max = 20)
            @JsonPropertyDescription("Ids of the measures this bound keeps, such as 003-68.")
            List<@Size(min = 1, max = 32) @Pattern("^[A-Za-z0-9][A-Za-z0-9.-]*$") String> measure) {

        /** Makes lists immutable. */
        public Bound {
            oneOf = oneOf == null ? null : List.copyOf(oneOf);
            measure = Lists.copy(measure);
        }
    }

    /** A platform component, by where it runs. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Peer(
            @Required
            @Size(min = 1, max = 63)
            @Pattern(ApiGroup.LABEL)
            @JsonPropertyDescription("Namespace it runs in.")
            String namespace,

            @Size(max = 20) @JsonPropertyDescription("Labels of its pods; absent means every pod of the namespace.")
            Map<String, @Size(max = 63) String> podLabels,

            @Size(max = 20) @JsonPropertyDescription("Ports of the tenant it may reach; absent means every port.")
            List<NetworkRequest.Port> ports) {

        /** Makes collections immutable and absent ones empty. */
        public Peer {
            podLabels = Lists.copy(podLabels);
            ports = Lists.copy(ports);
        }
    }
}
