package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** What a platform admin decides about the data left behind. */
@JsonClassDescription("What a platform admin decides about the data left behind.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TombstoneSpec(
        @JsonPropertyDescription("Consent to delete the data once its deadline is reached.") @Nullable
        Approval approval,

        @JsonPropertyDescription("true keeps the data whatever the deadline says.") @Nullable
        Boolean legalHold) {

    /** Who agreed to the deletion. */
    public record Approval(
            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Person who approves.")
            String by,

            @Required @Size(min = 1, max = 200) @JsonPropertyDescription("Ticket or document.")
            String reference,

            @Required @Size(min = 10, max = 40) @JsonPropertyDescription("When, RFC 3339.")
            String at) {}
}
