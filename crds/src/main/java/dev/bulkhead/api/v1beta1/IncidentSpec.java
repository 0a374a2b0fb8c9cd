package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What was found, frozen with the object, and what a platform admin says about it. */
@JsonClassDescription("What was found, frozen with the object, and what a platform admin says about it.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "self.finding == oldSelf.finding", message = "spec.finding is evidence and cannot be changed")
@ValidationRule(
        value =
                "!has(oldSelf.acknowledgement) || (has(self.acknowledgement) && self.acknowledgement == oldSelf.acknowledgement)",
        message = "spec.acknowledgement is given once and cannot be changed or taken back")
public record IncidentSpec(
        @Required @JsonPropertyDescription("What was found. Written once by the prober, never changed.")
        IncidentFinding finding,

        @JsonPropertyDescription(
                "Somebody took notice and dealt with it. Given once; ends the IsolationBreach of the tenant, not the record.")
        @Nullable
        Acknowledgement acknowledgement) {

    /** The evidence, and what has to happen until when. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record IncidentFinding(
            @Required
            @JsonPropertyDescription("Name of the Tenant whose compartment was open.")
            @Size(min = 3, max = 40)
            String tenant,

            @Required @JsonPropertyDescription("Its identity.") @Size(min = 36, max = 36)
            String identity,

            @Required @JsonPropertyDescription("The control that failed, such as TI-NET.") @Size(min = 3, max = 20)
            String control,

            @JsonPropertyDescription(
                    "Which way was open. An Incident is one way; it does not cover another. Absent in those of earlier versions, which cover what their message names.")
            @Size(min = 1, max = 500)
            @Nullable
            String way,

            @Required
            @JsonPropertyDescription("What was tried, by whom, on what, and the answer.")
            @Size(min = 1, max = 2000)
            String message,

            @Required @JsonPropertyDescription("When the probe got through, RFC 3339.") @Size(min = 20, max = 40)
            String foundAt,

            @Required
            @JsonPropertyDescription("Until when it has to be documented internally: 24 hours after it was found.")
            @Size(min = 20, max = 40)
            String documentBy,

            @Required
            @JsonPropertyDescription("Until when the customer has to be told: 48 hours after it was found.")
            @Size(min = 20, max = 40)
            String notifyBy,

            @Required
            @JsonPropertyDescription(
                    "Until when the authority has to be told, if anybody's rights are at risk (Art. 33 GDPR): 72 hours after it was found.")
            @Size(min = 20, max = 40)
            String reportBy) {}

    /** Who dealt with it, and where that is written down. */
    @ValidationRule(
            value = "self.at.matches('" + ApiGroup.TIME + "') && !format.datetime().validate(self.at).hasValue()",
            message = "acknowledgement.at must be a time such as 2026-11-28T01:00:00Z (RFC 3339)")
    public record Acknowledgement(
            @Required
            @Size(min = 1, max = 253)
            @JsonPropertyDescription("Whoever acknowledges, as the API server knows its sender: kubectl auth whoami.")
            String by,

            @Required @Size(min = 1, max = 200) @JsonPropertyDescription("Ticket or document with cause and measures.")
            String reference,

            @Required
            @Size(min = 10, max = 40)
            @JsonPropertyDescription("When it was dealt with, RFC 3339: after it was found, and not later than now.")
            String at) {}
}
