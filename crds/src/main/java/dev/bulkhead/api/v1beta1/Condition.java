package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A condition as in the Kubernetes API conventions and kstatus. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Condition(
        @Required @Size(min = 1, max = 316) @JsonPropertyDescription("Type, in CamelCase.")
        String type,

        @Required @JsonPropertyDescription("True, False or Unknown.")
        Status status,

        @Required
        @Size(min = 1, max = 1024)
        @JsonPropertyDescription("Why, as one CamelCase word that scripts may compare.")
        String reason,

        @Required @Size(max = 32768) @JsonPropertyDescription("Why and what to do, for people.")
        String message,

        @Required @JsonPropertyDescription("When status last changed, RFC 3339.")
        String lastTransitionTime,

        @JsonPropertyDescription("metadata.generation this was computed from.") @Nullable
        Long observedGeneration) {

    /** The three values of a condition. */
    public enum Status {
        True,
        False,
        Unknown
    }
}
