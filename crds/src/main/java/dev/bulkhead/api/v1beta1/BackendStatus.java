package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator found out about a database server or an object store. */
@JsonClassDescription("What the operator found out about the server.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record BackendStatus(
        @JsonPropertyDescription("metadata.generation this status was computed from.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Version of the server, as it tells it.") @Nullable
        String version,

        @JsonPropertyDescription("Tenants that live here.") @Nullable
        Integer tenants,

        @JsonPropertyDescription("Tenants by database, where there are several.")
        List<Load> load,

        @JsonPropertyDescription(
                "What the server can and cannot do. Controls that need what it lacks are" + " NotEnforceable.")
        List<Capability> capabilities,

        @JsonPropertyDescription(
                "Data that lies here and carries the mark of a tenant of which there is neither a Tenant nor a Tombstone."
                        + " It is kept as it is.")
        @Nullable
        Unclaimed unclaimed,

        @JsonPropertyDescription("Conditions, keyed by type.")
        List<Condition> conditions) {

    /** Makes lists immutable and absent lists empty. */
    public BackendStatus {
        load = Lists.copy(load);
        capabilities = Lists.copy(capabilities);
        conditions = Lists.copy(conditions);
    }

    /**
     * Data of tenants that are not here any more.
     *
     * @param first at most 20, sorted by name
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Unclaimed(
            @Required @JsonPropertyDescription("Of how many tenants.")
            Integer count,

            @JsonPropertyDescription("The first 20 of them, by name.")
            List<LeftBehind> first,

            @Required @JsonPropertyDescription("What that means, and what to do.")
            String message) {
        /** Makes the list immutable. */
        public Unclaimed {
            first = Lists.copy(first);
        }
    }

    /** What one tenant left behind. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record LeftBehind(
            @Required @JsonPropertyDescription("Schema or bucket.")
            String name,

            @JsonPropertyDescription("Databases a schema of that name lies in.")
            List<String> databases,

            @JsonPropertyDescription("Name of the former Tenant, where its key ring is there and says so.") @Nullable
            String tenant,

            @JsonPropertyDescription(
                    "Identity of the former Tenant, for spec.adopt, where its key ring is there and says so.")
            @Nullable
            String identity) {
        /** Makes the list immutable. */
        public LeftBehind {
            databases = Lists.copy(databases);
        }
    }

    /** How full one database is. */
    public record Load(
            @Required @JsonPropertyDescription("Database.") String name,

            @Required @JsonPropertyDescription("Tenants in it.")
            Integer tenants) {}

    /** One thing a server can or cannot do. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Capability(
            @Required @JsonPropertyDescription("Name, such as objectLock.")
            String name,

            @Required @JsonPropertyDescription("Whether the server can.")
            Boolean available,

            @JsonPropertyDescription("What was seen.") @Nullable
            String message) {}
}
