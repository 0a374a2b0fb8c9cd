package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of the sealed values. */
@JsonClassDescription("What became of the sealed values.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TenantSecretStatus(
        @JsonPropertyDescription("metadata.generation this status was computed from.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Version of the sealing key the oldest value was sealed with.") @Nullable
        Integer sealKeyVersion,

        @JsonPropertyDescription("When each accepted value was sealed; an older one is RolledBack.")
        List<Accepted> accepted,

        @JsonPropertyDescription("Changes when the delivered values change; tells nothing about them.") @Nullable
        String fingerprint,

        @JsonPropertyDescription("Conditions, keyed by type.")
        List<Condition> conditions) {

    /** Makes lists immutable and absent lists empty. */
    public TenantSecretStatus {
        accepted = Lists.copy(accepted);
        conditions = Lists.copy(conditions);
    }

    /** The newest accepted time of sealing of one key. */
    public record Accepted(
            @Required @JsonPropertyDescription("Key in spec.data.")
            String name,

            @Required @JsonPropertyDescription("Time of sealing, milliseconds since 1970.")
            Long epoch) {}
}
