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

/** Where the server is, how the operator logs in, and how tenants reach it. */
@JsonClassDescription("Where the server is, how the operator logs in, and how tenants reach it.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "self.environment == oldSelf.environment", message = "spec.environment is set once")
@ValidationRule(
        value = "!self.databases.exists(d, d in ['template0', 'template1'])",
        message = "template0 and template1 are copied into every new database; tenants cannot live there")
public record DatabaseServerSpec(
        @Default("production") @JsonPropertyDescription("Only tenants of this environment come here. Set once.")
        TenantSpec.Environment environment,

        @Size(min = 3, max = 40)
        @Pattern(ApiGroup.LABEL)
        @JsonPropertyDescription("Name of the only Tenant that comes here. Absent: any.")
        @Nullable
        String tenant,

        @Required
        @Size(min = 1, max = 253)
        @Pattern("^[A-Za-z0-9.:-]+$")
        @JsonPropertyDescription("Host name or address, for the operator and for tenants.")
        String host,

        @Default("5432") @Min(1) @Max(65535) @JsonPropertyDescription("Port.")
        Integer port,

        @Required
        @Size(min = 1, max = 20)
        @JsonPropertyDescription("Databases that the operator's role owns. Tenants fill them in this order.")
        List<@Size(min = 1, max = 63) @Pattern("^[A-Za-z_][A-Za-z0-9_-]*$") String> databases,

        @Required
        @JsonPropertyDescription(
                "Secret in the namespace of keys with username and password of a role that"
                        + " has CREATEROLE and owns the databases; not a superuser; annotated with bulkhead.dev/hosts, the host:port it is for.")
        SecretRef adminSecret,

        @Default("VerifyFull") @JsonPropertyDescription("VerifyFull, or Disable on a loopback development server.")
        TlsMode tls,

        @Size(max = 65536)
        @JsonPropertyDescription(
                "PEM certificates the server's certificate must chain to; absent means the" + " public ones.")
        @Nullable
        String caCertificate,

        @JsonPropertyDescription("How tenants' pods reach the server.") @Nullable
        ReachableAs reachableAs,

        @Size(max = 50)
        @Default("[]")
        @JsonPropertyDescription("Extensions tenants may ask for; they must be trusted or installed before.")
        List<@Size(min = 1, max = 63) @Pattern(ApiGroup.EXTENSION) String> extensions,

        @Default("250")
        @Min(1)
        @Max(5000)
        @JsonPropertyDescription("Tenants per database; pg_dump reads the whole catalogue.")
        Integer maxTenantsPerDatabase,

        @Size(min = ApiGroup.DURATION_MIN, max = 32)
        @Pattern(ApiGroup.DURATION)
        @JsonPropertyDescription(
                "How long physical backups and WAL of this server live; deletion receipts name" + " it.")
        @Nullable
        String physicalBackupRetention)
        implements BackendSpec {

    /** Fills in what is absent. */
    public DatabaseServerSpec {
        environment = environment == null ? TenantSpec.Environment.production : environment;
        port = port == null ? 5432 : port;
        databases = Lists.copy(databases);
        tls = tls == null ? TlsMode.VerifyFull : tls;
        extensions = Lists.copy(extensions);
        maxTenantsPerDatabase = maxTenantsPerDatabase == null ? 250 : maxTenantsPerDatabase;
    }

    /** Transport security towards the server. */
    public enum TlsMode {
        /** TLS, chain and host name verified. */
        VerifyFull,
        /** No TLS. Control TI-TLS is then NotEnforceable. */
        Disable
    }
}
