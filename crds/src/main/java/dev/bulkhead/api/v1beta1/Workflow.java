package dev.bulkhead.api.v1beta1;

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
import org.jspecify.annotations.Nullable;

/** A workflow container that the operator runs for the tenant under the hardened security context. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "!self.name.contains('--')", message = "a workflow name may not contain '--'")
@ValidationRule(
        value = "!(has(self.readinessProbe) || has(self.livenessProbe)) || has(self.port)"
                + " || (has(self.readinessProbe) && has(self.readinessProbe.exec))"
                + " || (has(self.livenessProbe) && has(self.livenessProbe.exec))",
        message = "a probe over the network needs port")
public record Workflow(
        @Required
        @Size(min = 1, max = 40)
        @Pattern(ApiGroup.LABEL)
        @JsonPropertyDescription("Name of the workflow; its Deployment is called workflow-<name>.")
        String name,

        @Required
        @Size(min = 1, max = 21)
        @Pattern(ApiGroup.LABEL)
        @JsonPropertyDescription("Which of spec.namespaces it runs in.")
        String namespace,

        @Required
        @Size(min = 1, max = 512)
        @Pattern(ApiGroup.IMAGE)
        @JsonPropertyDescription("Container image; by digest (…@sha256:…) where the profile says so.")
        String image,

        @Default("1") @Min(0) @Max(100) @JsonPropertyDescription("Pods to run.")
        Integer replicas,

        @Size(max = 50) @Default("[]") @JsonPropertyDescription("Replaces the image's entrypoint.")
        List<@Size(max = 4096) String> command,

        @Size(max = 100) @Default("[]") @JsonPropertyDescription("Arguments.")
        List<@Size(max = 4096) String> args,

        @Size(max = 100)
        @Default("[]")
        @JsonPropertyDescription("Environment variables: literal values, or keys of Secrets of that namespace.")
        List<EnvVar> env,

        @Min(1024)
        @Max(65535)
        @JsonPropertyDescription("Port the container listens on; it runs without privileges.")
        @Nullable
        Integer port,

        @JsonPropertyDescription("When the pod takes traffic.") @Nullable
        ContainerProbe readinessProbe,

        @JsonPropertyDescription("When the container is restarted.") @Nullable
        ContainerProbe livenessProbe,

        @JsonPropertyDescription("CPU and memory of each pod; request and limit are the same.") @Nullable
        Resources resources,

        @Size(max = 20)
        @Default("[]")
        @JsonPropertyDescription("Secrets of that namespace, mounted read-only under /secrets/<name>:"
                + " TenantSecrets, bulkhead-database, bulkhead-objectstore.")
        List<@Size(min = 1, max = 253) @Pattern(ApiGroup.OBJECT) String> secrets,

        @Size(max = 5)
        @Default("[]")
        @JsonPropertyDescription("TenantSecrets of type dockerconfigjson to pull the image with.")
        List<@Size(min = 1, max = 253) @Pattern(ApiGroup.OBJECT) String> imagePullSecrets) {

    /** Makes lists immutable and fills in what is absent. */
    public Workflow {
        replicas = replicas == null ? 1 : replicas;
        command = Lists.copy(command);
        args = Lists.copy(args);
        env = Lists.copy(env);
        secrets = Lists.copy(secrets);
        imagePullSecrets = Lists.copy(imagePullSecrets);
    }

    /** An environment variable. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @ValidationRule(value = "has(self.value) != has(self.secretKeyRef)", message = "give either value or secretKeyRef")
    public record EnvVar(
            @Required
            @Size(min = 1, max = 128)
            @Pattern("^[A-Za-z_][A-Za-z0-9_]*$")
            @JsonPropertyDescription("Name of the variable.")
            String name,

            @JsonInclude(JsonInclude.Include.NON_NULL) // the empty text is a value, too
            @Size(max = 4096)
            @JsonPropertyDescription("Literal value. Never a secret: seal those as a TenantSecret.")
            @Nullable
            String value,

            @JsonPropertyDescription("A key of a Secret of the workflow's namespace.") @Nullable
            SecretKeyRef secretKeyRef) {}

    /** A key of a Secret in the workflow's own namespace. */
    public record SecretKeyRef(
            @Required
            @Size(min = 1, max = 253)
            @Pattern(ApiGroup.OBJECT)
            @JsonPropertyDescription("Name of the Secret.")
            String name,

            @Required @Size(min = 1, max = 253) @Pattern("^[A-Za-z0-9._-]+$") @JsonPropertyDescription("Key in it.")
            String key) {}

    /** One way to ask a container how it is. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @ValidationRule(
            value = "[has(self.httpPath), has(self.exec), has(self.tcp) && self.tcp].filter(x, x).size() == 1",
            message = "give exactly one of httpPath, tcp: true and exec")
    public record ContainerProbe(
            @Size(min = 1, max = 256)
            @Pattern("^/.*$")
            @JsonPropertyDescription("Path of an HTTP GET on port that must answer 2xx or 3xx.")
            @Nullable
            String httpPath,

            @JsonPropertyDescription("true: a TCP connection to port must open.") @Nullable
            Boolean tcp,

            @Size(min = 1, max = 50) @JsonPropertyDescription("Command in the container that must exit 0.") @Nullable
            List<@Size(max = 4096) String> exec,

            @Default("10") @Min(1) @Max(3600) @JsonPropertyDescription("Seconds between probes.")
            Integer periodSeconds,

            @Default("3") @Min(1) @Max(100) @JsonPropertyDescription("Failures before it counts.")
            Integer failureThreshold) {

        /** Fills in what is absent. */
        public ContainerProbe {
            exec = exec == null ? null : List.copyOf(exec);
            periodSeconds = periodSeconds == null ? 10 : periodSeconds;
            failureThreshold = failureThreshold == null ? 3 : failureThreshold;
        }
    }

    /** What one pod may use. */
    @ValidationRule(
            value = "!isQuantity(self.cpu) || quantity(self.cpu).isGreaterThan(quantity('0'))",
            message = "cpu must be more than zero")
    @ValidationRule(
            value = "!isQuantity(self.memory) || quantity(self.memory).isGreaterThan(quantity('0'))",
            message = "memory must be more than zero")
    public record Resources(
            @Required @Size(max = 16) @Pattern(ApiGroup.QUANTITY) @JsonPropertyDescription("CPU, such as 250m.")
            String cpu,

            @Required @Size(max = 16) @Pattern(ApiGroup.QUANTITY) @JsonPropertyDescription("Memory, such as 256Mi.")
            String memory) {}
}
