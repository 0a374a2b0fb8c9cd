package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whose credentials and keys are exchanged, which, and why. */
@JsonClassDescription("Whose credentials and keys are exchanged, which, and why.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "self == oldSelf", message = "a Rotation is done as it was asked for; make another")
public record RotationSpec(
        @Required @Size(min = 3, max = 40) @JsonPropertyDescription("Name of the Tenant.")
        String tenant,

        @Size(max = 4)
        @JsonPropertyDescription("What is exchanged: Database, ObjectStore, TenantKey, SealingKey. Absent means all.")
        List<Rotatable> what,

        @Default("false")
        @JsonPropertyDescription(
                "Whether the old credential is shut as soon as the new one is delivered, without a time for sessions and"
                        + " pods to change over.")
        Boolean atOnce,

        @Default("Person") @JsonPropertyDescription("Who asked for it: Person, Annotation, Schedule or Breach.")
        Trigger trigger,

        @Size(max = 200) @JsonPropertyDescription("Why, for people.") @Nullable
        String reason) {

    /** Makes the list immutable and puts defaults in. */
    public RotationSpec {
        what = Lists.copy(what);
        atOnce = atOnce != null && atOnce;
        trigger = trigger == null ? Trigger.Person : trigger;
    }

    /** What is exchanged: all of it where nothing is named. */
    public List<Rotatable> parts() {
        return what.isEmpty() ? List.of(Rotatable.values()) : what;
    }

    /** What can be exchanged. */
    public enum Rotatable {
        /** The tenant's login in PostgreSQL. */
        Database,
        /** The tenant's key in the object store. */
        ObjectStore,
        /** The key under which the operator keeps the tenant's credentials. */
        TenantKey,
        /** The key pair with which values are sealed for Git. */
        SealingKey;

        /** As people type it, such as {@code tenant-key}. */
        public String spelled() {
            return name().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
        }

        /** All of them as people type them. */
        public static String allSpelled() {
            return Arrays.stream(values()).map(Rotatable::spelled).collect(Collectors.joining(", "));
        }

        /** The one of that name, whatever its case and hyphens; null when there is none. */
        public static @Nullable Rotatable of(String name) {
            return Arrays.stream(values())
                    .filter(v -> v.name().equalsIgnoreCase(name.replace("-", "")))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Who asked for it. */
    public enum Trigger {
        /** Somebody, by hand or by the command line. */
        Person,
        /** The Tenant's annotation {@code bulkhead.dev/rotate}. */
        Annotation,
        /** The profile's schedule. */
        Schedule,
        /** An Incident of the tenant. */
        Breach
    }
}
