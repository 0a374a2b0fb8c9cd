package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tenant's compartment in PostgreSQL. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DatabaseRequest(
        @Default("Schema") @JsonPropertyDescription("Schema: a schema and five roles in a shared database. Set once.")
        Mode mode,

        @Size(min = 1, max = 63)
        @Pattern(ApiGroup.LABEL)
        @JsonPropertyDescription("DatabaseServer to use; absent means the least loaded that fits. Set once.")
        @Nullable
        String server,

        @Default("10")
        @Min(1)
        @Max(500)
        @JsonPropertyDescription("Connections per login; during a rotation two logins exist.")
        Integer connectionLimit,

        @Default("PT30S")
        @Size(min = ApiGroup.DURATION_MIN, max = 32)
        @Pattern(ApiGroup.DURATION)
        @JsonPropertyDescription("Statement timeout the login starts with. The tenant can raise its own: the"
                + " operator restores the setting, sessions keep theirs.")
        String statementTimeout,

        @Size(max = 20)
        @Default("[]")
        @JsonPropertyDescription(
                "Extensions, installed by the operator in schema ext. The server must allow" + " them.")
        List<@Size(min = 1, max = 63) @Pattern(ApiGroup.EXTENSION) String> extensions,

        @Size(max = 10)
        @Default("[]")
        @JsonPropertyDescription("Namespaces of this tenant that receive the Secret bulkhead-database.")
        List<@Size(min = 1, max = 21) String> deliverTo)
        implements BackendRequest {

    /** Fills in what is absent. */
    public DatabaseRequest {
        mode = mode == null ? Mode.Schema : mode;
        connectionLimit = connectionLimit == null ? 10 : connectionLimit;
        statementTimeout = statementTimeout == null ? "PT30S" : statementTimeout;
        extensions = Lists.copy(extensions);
        deliverTo = Lists.copy(deliverTo);
    }

    /** The request of a Tenant that says nothing about its database. */
    public static DatabaseRequest defaults() {
        return new DatabaseRequest(Mode.Schema, null, 10, "PT30S", List.of(), List.of());
    }

    /** How the tenant is kept apart inside the server. */
    public enum Mode {
        /** A schema of its own in a shared database. */
        Schema
    }
}
