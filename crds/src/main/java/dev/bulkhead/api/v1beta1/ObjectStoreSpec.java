package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
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

/** Where the server is, which driver speaks to it, and how tenants reach it. */
@JsonClassDescription("Where the server is, which driver speaks to it, and how tenants reach it.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "self.environment == oldSelf.environment", message = "spec.environment is set once")
@ValidationRule(
        value = "self.driver != 'Static' || !has(self.adminEndpoint)",
        message = "spec.adminEndpoint has no use with driver Static, which asks by S3 alone; leave it out")
@ValidationRule(
        value = "self.driver != 'SeaweedFs' || (has(self.adminEndpoint) && self.adminEndpoint.startsWith('https://'))",
        message = "spec.adminEndpoint is needed with driver SeaweedFs: https:// and the filer's gRPC port")
@ValidationRule(
        value = "self.driver != 'AwsIam' || !has(self.adminEndpoint) || self.adminEndpoint.startsWith('https://') ||"
                + " self.endpoint.startsWith('http://')",
        message = "spec.adminEndpoint is https:// where spec.endpoint is: secrets of new keys come from there")
@ValidationRule(
        value = "!has(self.internalEndpoints) || !self.internalEndpoints.exists(e, self.endpoint.endsWith('://' + e))",
        message = "spec.internalEndpoints are the server's other ports; tenants are to reach the one of spec.endpoint")
public record ObjectStoreSpec(
        @Default("production") @JsonPropertyDescription("Only tenants of this environment come here. Set once.")
        TenantSpec.Environment environment,

        @Required
        @JsonPropertyDescription(
                "SeaweedFs: SeaweedFS with its filer's gRPC. AwsIam: AWS, and servers that speak its IAM API. Static: any S3"
                        + " server with bucket policies; the platform's administrator supplies a key for each tenant.")
        Driver driver,

        @Required
        @Size(min = 1, max = 253)
        @Pattern("^https?://[A-Za-z0-9.:\\[\\]-]+$")
        @JsonPropertyDescription("S3 endpoint, for the operator and for tenants.")
        String endpoint,

        @Size(min = 1, max = 253)
        @Pattern("^https?://[A-Za-z0-9.:\\[\\]-]+$")
        @JsonPropertyDescription(
                "Endpoint of the driver's admin API, where it has one of its own; for AwsIam of the IAM API,"
                        + " such as https://iam.amazonaws.com.")
        @Nullable
        String adminEndpoint,

        @Default("us-east-1") @Size(min = 1, max = 63) @JsonPropertyDescription("Region to sign requests for.")
        String region,

        @Required
        @JsonPropertyDescription("Secret in the namespace of keys with access-key-id and"
                + " secret-access-key of an account that may create buckets and, where the driver makes keys, users."
                + " For SeaweedFs also tls.crt and tls.key, which the filer is shown, and filer-signing-key.")
        SecretRef adminSecret,

        @Size(max = 65536)
        @JsonPropertyDescription(
                "PEM certificates the server's certificate must chain to; absent means the" + " public ones.")
        @Nullable
        String caCertificate,

        @JsonPropertyDescription("How tenants' pods reach the server.") @Nullable
        ReachableAs reachableAs,

        @Size(max = 16)
        @Default("[]")
        @JsonPropertyDescription(
                "Addresses of the server's other ports, as HOST:PORT: its parts, their management. Nobody without credentials"
                        + " may be answered there; the operator and the prober try.")
        List<@Size(max = 259) @Pattern(ApiGroup.HOST_AND_PORT) String> internalEndpoints,

        @Default("1000") @Min(1) @Max(100000) @JsonPropertyDescription("Tenants on this server.")
        Integer maxTenants)
        implements BackendSpec {

    /** Fills in what is absent. */
    public ObjectStoreSpec {
        environment = environment == null ? TenantSpec.Environment.production : environment;
        region = region == null ? "us-east-1" : region;
        internalEndpoints = Lists.copy(internalEndpoints);
        maxTenants = maxTenants == null ? 1000 : maxTenants;
    }

    /** Who speaks to the server's identity API. */
    public enum Driver {
        /** SeaweedFS 4.53 and newer. */
        SeaweedFs,
        /** AWS, and servers that speak its IAM API. */
        AwsIam,
        /** Any S3 server with bucket policies; keys are supplied from outside. */
        Static
    }
}
