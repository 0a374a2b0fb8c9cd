package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a platform admin wants for one customer. Every rule that needs no other object is CEL here; rules that read the
 * profile or the platform are the operator's validation.
 */
@JsonClassDescription("What is wanted for this customer.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "has(self.adopt) == has(oldSelf.adopt) && (!has(self.adopt) || self.adopt == oldSelf.adopt)",
        message = "spec.adopt is set once, when the Tenant is created")
@ValidationRule(
        value = "!(oldSelf.protectionNeed == 'high' && self.protectionNeed == 'normal')",
        message = "spec.protectionNeed may only rise")
@ValidationRule(
        value = "self.workflows.all(w, self.namespaces.exists(n, n.name == w.__namespace__))",
        message = "every spec.workflows[].namespace must be one of spec.namespaces")
@ValidationRule(
        value = "self.database.deliverTo.all(d, self.namespaces.exists(n, n.name == d))",
        message = "every spec.database.deliverTo must be one of spec.namespaces")
@ValidationRule(
        value = "self.objectStore.deliverTo.all(d, self.namespaces.exists(n, n.name == d))",
        message = "every spec.objectStore.deliverTo must be one of spec.namespaces")
@ValidationRule(
        value = "!isQuantity(self.quota.cpu) || self.namespaces.map(n, has(n.quota) && has(n.quota.cpu)"
                + " && isQuantity(n.quota.cpu) ? quantity(n.quota.cpu).asApproximateFloat() : 0.0).sum()"
                + " <= quantity(self.quota.cpu).asApproximateFloat() * 1.000001",
        message = "the cpu of all spec.namespaces[].quota is more than spec.quota.cpu, the tenant's total")
@ValidationRule(
        value = "!isQuantity(self.quota.memory) || self.namespaces.map(n, has(n.quota) && has(n.quota.memory)"
                + " && isQuantity(n.quota.memory) ? quantity(n.quota.memory).asApproximateFloat() : 0.0).sum()"
                + " <= quantity(self.quota.memory).asApproximateFloat() * 1.000001",
        message = "the memory of all spec.namespaces[].quota is more than spec.quota.memory, the tenant's total")
@ValidationRule(
        value = "!isQuantity(self.quota.storage) || self.namespaces.map(n, has(n.quota) && has(n.quota.storage)"
                + " && isQuantity(n.quota.storage) ? quantity(n.quota.storage).asApproximateFloat() : 0.0).sum()"
                + " <= quantity(self.quota.storage).asApproximateFloat() * 1.000001",
        message = "the storage of all spec.namespaces[].quota is more than spec.quota.storage, the tenant's total")
@ValidationRule(
        value = "!isQuantity(self.quota.ephemeralStorage) || self.namespaces.map(n, has(n.quota)"
                + " && has(n.quota.ephemeralStorage) && isQuantity(n.quota.ephemeralStorage)"
                + " ? quantity(n.quota.ephemeralStorage).asApproximateFloat() : 0.0).sum()"
                + " <= quantity(self.quota.ephemeralStorage).asApproximateFloat() * 1.000001",
        message = "the ephemeralStorage of all spec.namespaces[].quota is more than spec.quota.ephemeralStorage, the"
                + " tenant's total")
@ValidationRule(
        value = "self.namespaces.map(n, has(n.quota) && has(n.quota.pods) ? n.quota.pods : 0).sum()"
                + " <= self.quota.pods",
        message = "the pods of all spec.namespaces[].quota are more than spec.quota.pods, the tenant's total")
@ValidationRule(
        value = "self.namespaces.all(n, !has(n.quota) || !has(n.quota.devices)"
                + " || n.quota.devices.all(d, has(self.quota.devices) && d in self.quota.devices))",
        message = "every device of spec.namespaces[].quota must be one of spec.quota.devices")
@ValidationRule(
        value = "!has(self.quota.devices) || self.quota.devices.all(d, self.namespaces.map(n, has(n.quota)"
                + " && has(n.quota.devices) && d in n.quota.devices ? n.quota.devices[d] : 0).sum()"
                + " <= self.quota.devices[d])",
        message = "the devices of all spec.namespaces[].quota are more than spec.quota.devices, the tenant's total")
public record TenantSpec(
        @Required
        @Size(min = 1, max = 63)
        @Pattern(ApiGroup.LABEL)
        @JsonPropertyDescription(
                "Name of the TenantProfile whose rules apply: the product this customer bought. Set once.")
        String profile,

        @Required
        @Size(min = 1, max = 200)
        @Pattern(ApiGroup.TEXT)
        @JsonPropertyDescription(
                "The customer's name as people know it. Appears in reports, never in a" + " database or bucket name.")
        String displayName,

        @Default("production")
        @JsonPropertyDescription(
                "production or development. The two never share a database server, a bucket" + " or a key. Set once.")
        Environment environment,

        @Default("normal")
        @JsonPropertyDescription("Protection need of the data (Schutzbedarf). May only rise from normal to" + " high.")
        ProtectionNeed protectionNeed,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Categories of personal data that are processed. What is not listed is not" + " allowed in.")
        List<DataCategory> dataCategories,

        @JsonPropertyDescription("The data processing agreement this tenant rests on.") @Nullable
        Contract contract,

        @JsonPropertyDescription("Who may work in the tenant's namespaces, and as what.") @Nullable
        People people,

        @Required
        @Size(min = 1, max = 10)
        @JsonPropertyDescription(
                "The tenant's namespaces. Each becomes <tenant>--<name>. May be added to, not" + " taken from.")
        List<NamespaceRequest> namespaces,

        @Required
        @JsonPropertyDescription("The tenant's total. Split over its namespaces: what namespaces[].quota does"
                + " not claim is shared evenly by the others.")
        Quota quota,

        @JsonPropertyDescription("What may enter and leave. Everything else is denied in both directions.") @Nullable
        NetworkRequest network,

        @Default("{}") @JsonPropertyDescription("The tenant's compartment in PostgreSQL.")
        DatabaseRequest database,

        @Default("{}") @JsonPropertyDescription("The tenant's bucket.")
        ObjectStoreRequest objectStore,

        @Size(max = 50)
        @Default("[]")
        @JsonPropertyDescription("Workflow containers the operator runs for the tenant, hardened.")
        List<Workflow> workflows,

        @Size(max = 50)
        @JsonPropertyDescription(
                "How long each class of data is kept. A profile may demand a class and bound" + " its time.")
        List<Retention> retention,

        @JsonPropertyDescription("true stops workloads and closes database logins and object-store keys; data stays."
                + " A Tenant can be deleted only while this is true.")
        @Nullable
        Boolean suspend,

        @Size(min = 36, max = 36)
        @Pattern(ApiGroup.IDENTITY)
        @JsonPropertyDescription("Identity of a former Tenant of the same name whose data this one takes over"
                + " (status.identity, or the name of its Tombstone). Without it a re-created Tenant starts"
                + " empty. Set once.")
        @Nullable
        String adopt) {

    /** Makes lists immutable and absent lists empty. */
    public TenantSpec {
        dataCategories = Lists.copy(dataCategories);
        namespaces = Lists.copy(namespaces);
        workflows = Lists.copy(workflows);
        retention = Lists.copy(retention);
        environment = environment == null ? Environment.production : environment;
        protectionNeed = protectionNeed == null ? ProtectionNeed.normal : protectionNeed;
        database = database == null ? DatabaseRequest.defaults() : database;
        objectStore = objectStore == null ? ObjectStoreRequest.defaults() : objectStore;
    }

    /** Whether the tenant is to be stopped and closed. */
    public boolean suspended() {
        return Boolean.TRUE.equals(suspend);
    }

    /** Where a tenant lives; the two never share a backend. */
    public enum Environment {
        production,
        development
    }

    /** Schutzbedarf, in rising order. */
    public enum ProtectionNeed {
        normal,
        high
    }

    /** Categories of personal data, in the words of the products' TOM documents. */
    public enum DataCategory {
        contact,
        contract,
        communication,
        finance,
        credentials,
        usage,
        location,
        employee,
        payroll,
        health,
        biometric,
        other
    }

    /** The agreement with the customer (Art. 28 GDPR). */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @ValidationRule(
            value = "!has(self.endsAt) || !has(self.startsAt) || self.endsAt > self.startsAt",
            message = "contract.endsAt must be after contract.startsAt")
    public record Contract(
            @Required
            @Size(min = 1, max = 200)
            @Pattern(ApiGroup.TEXT)
            @JsonPropertyDescription("Reference of the data processing agreement (AVV).")
            String reference,

            @Pattern(ApiGroup.DATE) @Size(max = 10) @JsonPropertyDescription("First day, as YYYY-MM-DD.") @Nullable
            String startsAt,

            @Pattern(ApiGroup.DATE) @Size(max = 10) @JsonPropertyDescription("Last day, as YYYY-MM-DD.") @Nullable
            String endsAt) {}

    /** Who may do what in the tenant's namespaces. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record People(
            @Size(max = 50)
            @JsonPropertyDescription("tenant-admin: workloads, Services, ConfigMaps, NetworkPolicies,"
                    + " TenantSecrets; never Secrets, exec or quota.")
            List<Person> admins,

            @Size(max = 200) @JsonPropertyDescription("tenant-user: view, without Secrets.")
            List<Person> users,

            @Size(max = 20)
            @JsonPropertyDescription("auditor of this tenant: its report and the bulkhead-tenant ConfigMap.")
            List<Person> auditors) {

        /** Makes lists immutable and absent lists empty. */
        public People {
            admins = Lists.copy(admins);
            users = Lists.copy(users);
            auditors = Lists.copy(auditors);
        }

        /** All of them, whatever their role; somebody may be in two. */
        public Stream<Person> everybody() {
            return Stream.of(admins, users, auditors).flatMap(List::stream);
        }

        /** Nobody. */
        public static People none() {
            return new People(List.of(), List.of(), List.of());
        }
    }

    /** A user or, where the profile allows it, a group, as the API server's authentication names them. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @ValidationRule(value = "has(self.user) != has(self.group)", message = "give either user or group")
    @ValidationRule(
            value = "!has(self.user) || !self.user.startsWith('system:')",
            message = "users that begin with 'system:' belong to the cluster, not to a tenant")
    @ValidationRule(
            value = "!has(self.group) || !self.group.startsWith('system:')",
            message = "groups that begin with 'system:' would let in everybody or the cluster itself")
    public record Person(
            @Size(min = 1, max = 253)
            @Pattern(ApiGroup.SUBJECT)
            @JsonPropertyDescription("User name, exactly as the identity provider gives it.")
            @Nullable
            String user,

            @Size(min = 1, max = 253)
            @Pattern(ApiGroup.SUBJECT)
            @JsonPropertyDescription("Group name; only where the profile allows groups.")
            @Nullable
            String group,

            @Pattern(ApiGroup.DATE)
            @Size(max = 10)
            @JsonPropertyDescription("Last day of access, as YYYY-MM-DD (UTC). Access ends after it.")
            @Nullable
            String until) {}

    /** One namespace of the tenant. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @ValidationRule(value = "!self.name.contains('--')", message = "a namespace name may not contain '--'")
    public record NamespaceRequest(
            @Required
            @Size(min = 1, max = 21)
            @Pattern(ApiGroup.LABEL)
            @JsonPropertyDescription("Second half of the namespace name: <tenant>--<name>.")
            String name,

            @JsonPropertyDescription("This namespace's part of the tenant's total.") @Nullable
            QuotaPart quota) {}

    /** The tenant's total. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @ValidationRule(
            value = "!isQuantity(self.cpu) || quantity(self.cpu).isGreaterThan(quantity('0'))",
            message = "cpu must be more than zero")
    @ValidationRule(
            value = "!isQuantity(self.memory) || quantity(self.memory).isGreaterThan(quantity('0'))",
            message = "memory must be more than zero")
    @ValidationRule(
            value = "!isQuantity(self.ephemeralStorage)"
                    + " || quantity(self.ephemeralStorage).isGreaterThan(quantity('0'))",
            message = "ephemeralStorage must be more than zero")
    @ValidationRule(
            value = "!has(self.devices) || self.devices.all(d, d.matches('" + ApiGroup.DEVICE + "'))",
            message = "devices are named like nvidia.com/gpu")
    public record Quota(
            @Required
            @Size(max = 16)
            @Pattern(ApiGroup.QUANTITY)
            @JsonPropertyDescription("CPU, requests and limits alike, such as \"8\" or 500m.")
            String cpu,

            @Required
            @Size(max = 16)
            @Pattern(ApiGroup.QUANTITY)
            @JsonPropertyDescription("Memory, requests and limits alike, such as 16Gi.")
            String memory,

            @Default("0")
            @Size(max = 16)
            @Pattern(ApiGroup.QUANTITY)
            @JsonPropertyDescription("Persistent volumes, such as 100Gi.")
            String storage,

            @Default("10Gi")
            @Size(max = 16)
            @Pattern(ApiGroup.QUANTITY)
            @JsonPropertyDescription("Disk of the nodes that pods write to: logs, emptyDir, containers themselves."
                    + " Requests and limits alike, such as 10Gi.")
            String ephemeralStorage,

            @Min(1) @Max(1000) @Default("20") @JsonPropertyDescription("Pods.")
            Integer pods,

            @Size(max = 16)
            @JsonPropertyDescription("Devices by the name that nodes give them, such as nvidia.com/gpu: 2. The platform"
                    + " and the profile have to list them; none is the tenant's that is not named here.")
            Map<String, @Min(0) @Max(1000) Integer> devices) {

        /** Fills in what is absent. */
        public Quota {
            storage = storage == null ? "0" : storage;
            ephemeralStorage = ephemeralStorage == null ? "10Gi" : ephemeralStorage;
            pods = pods == null ? 20 : pods;
            devices = Lists.copy(devices);
        }
    }

    /** A namespace's part of the total; what is absent is an even share of what others leave. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record QuotaPart(
            @Size(max = 16) @Pattern(ApiGroup.QUANTITY) @JsonPropertyDescription("CPU.") @Nullable
            String cpu,

            @Size(max = 16) @Pattern(ApiGroup.QUANTITY) @JsonPropertyDescription("Memory.") @Nullable
            String memory,

            @Size(max = 16) @Pattern(ApiGroup.QUANTITY) @JsonPropertyDescription("Persistent volumes.") @Nullable
            String storage,

            @Size(max = 16) @Pattern(ApiGroup.QUANTITY) @JsonPropertyDescription("Disk of the nodes.") @Nullable
            String ephemeralStorage,

            @Min(0) @Max(1000) @JsonPropertyDescription("Pods.") @Nullable
            Integer pods,

            @Size(max = 16) @JsonPropertyDescription("Devices.")
            Map<String, @Min(0) @Max(1000) Integer> devices) {

        /** Makes the map immutable and an absent one empty. */
        public QuotaPart {
            devices = Lists.copy(devices);
        }
    }

    /** How long a class of data is kept (Art. 5(1)(e) GDPR). */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Retention(
            @Required
            @Size(min = 1, max = 63)
            @Pattern(ApiGroup.LABEL)
            @JsonPropertyDescription("Class of data, such as transcripts or prompt-sessions.")
            String dataClass,

            @Required
            @Size(min = ApiGroup.DURATION_MIN, max = 32)
            @Pattern(ApiGroup.DURATION)
            @JsonPropertyDescription("Time from creation to deletion, such as P90D or P24M.")
            String keep) {}
}
