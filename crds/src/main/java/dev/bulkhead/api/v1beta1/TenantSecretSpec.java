package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sealed values. */
@JsonClassDescription("The sealed values.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "self.type == oldSelf.type", message = "spec.type is set once, as in a Secret")
@ValidationRule(
        value = "self.data.all(k, k.matches('^[A-Za-z0-9._-]{1,253}$'))",
        message = "keys are 1 to 253 characters of letters, digits, '.', '_' and '-'")
@ValidationRule(
        value = "self.data.all(k, self.data[k].startsWith('TSH1'))",
        message = "every value must be sealed (TSH1…): seal it with './bulkhead seal'; a plain value in this object"
                + " would stay in etcd and Git")
@ValidationRule(
        value = "self.data.map(k, size(self.data[k])).sum() <= 262144",
        message = "the sealed values are more than 256 KB together: make several TenantSecrets")
public record TenantSecretSpec(
        @Default("Opaque")
        @JsonPropertyDescription("Kind of Secret to make. Tokens of ServiceAccounts are not among them.")
        SecretType type,

        @Required @Size(min = 1, max = 100) @JsonPropertyDescription("Sealed values (TSH1…) by key.")
        Map<String, @Size(max = 100_000) @Pattern("^[!-~\\s]*$") String> data,

        @JsonPropertyDescription("true accepts values sealed earlier than the ones accepted before: a git revert.")
        @Nullable
        Boolean allowOlder) {

    /** Fills in what is absent. */
    public TenantSecretSpec {
        type = type == null ? SecretType.Opaque : type;
        data = Lists.copy(data);
    }

    /** Kinds of Secret a tenant may deliver. */
    public enum SecretType {
        Opaque,
        dockerconfigjson,
        tls,
        @com.fasterxml.jackson.annotation.JsonProperty("basic-auth")
        basicAuth
    }
}
