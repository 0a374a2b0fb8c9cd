package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far a job is. For people: a job that is taken up again looks at the world and never at this. */
@JsonClassDescription("How far the job is. For people; the operator never goes by it.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record JobStatus(
        @JsonPropertyDescription("metadata.generation this status was computed from.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Pending, Running, Succeeded or Failed.") @Nullable
        JobPhase phase,

        @JsonPropertyDescription("Steps that are through, of all.") @Nullable
        String progress,

        @JsonPropertyDescription("What it is at, or why it failed and what to do about it.") @Nullable
        String message,

        @JsonPropertyDescription("When it was first taken up, RFC 3339.") @Nullable
        String startedAt,

        @JsonPropertyDescription("When it ended, RFC 3339.") @Nullable
        String finishedAt,

        @JsonPropertyDescription("Its steps, in their order.")
        List<StepStatus> steps,

        @JsonPropertyDescription(
                "Conditions, keyed by type: Ready, Reconciling and Stalled, as GitOps tools read them.")
        List<Condition> conditions) {

    /** Makes lists immutable and absent lists empty. */
    public JobStatus {
        steps = Lists.copy(steps);
        conditions = Lists.copy(conditions);
    }

    /** Where a job is in its life. */
    public enum JobPhase {
        /** Waits for its turn. */
        Pending,
        /** Under way. */
        Running,
        /** Through. */
        Succeeded,
        /** Given up. */
        Failed;

        /** Whether nothing will change any more. */
        public boolean over() {
            return this == Succeeded || this == Failed;
        }
    }

    /** One step. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record StepStatus(
            @Required @JsonPropertyDescription("What is done.")
            String name,

            @Required @JsonPropertyDescription("Waiting, Running, Done or Failed.")
            StepState state,

            @JsonPropertyDescription("When it was first tried, RFC 3339.") @Nullable
            String startedAt,

            @JsonPropertyDescription("When it was through, RFC 3339.") @Nullable
            String finishedAt,

            @JsonPropertyDescription("What it waits for, or what it found.") @Nullable
            String message) {}

    /** Where a step is. */
    public enum StepState {
        /** Another comes first. */
        Waiting,
        /** Under way. */
        Running,
        /** Through. */
        Done,
        /** Cannot be done. */
        Failed
    }
}
