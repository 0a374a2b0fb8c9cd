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

        @JsonPropertyDescription("Conditions, keyed by type.")
        List<Condition> conditions) {

    /** Makes lists immutable and absent lists empty. */
    public BackendStatus {
        load = Lists.copy(load);
        capabilities = Lists.copy(capabilities);
        conditions = Lists.copy(conditions);
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
