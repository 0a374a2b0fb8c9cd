package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a tenant's pods reach a backend. A NetworkPolicy takes no DNS name, so the platform admin says it in addresses. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "has(self.cidrs) != has(self.namespace)",
        message = "give either cidrs, or namespace and podLabels")
@ValidationRule(
        value = "!has(self.cidrs) || self.cidrs.all(c, isCIDR(c) && cidr(c) == cidr(c).masked())",
        message = "cidrs are address ranges from their first address on, such as 10.1.2.0/24 or 10.1.2.3/32; no"
                + " IPv4-mapped addresses")
public record ReachableAs(
        @Size(min = 1, max = 20)
        @JsonPropertyDescription("Address ranges in CIDR notation; /32 for one address.")
        @Nullable
        List<@Size(min = 3, max = 49) String> cidrs,

        @Size(min = 1, max = 63)
        @Pattern(ApiGroup.LABEL)
        @JsonPropertyDescription("Namespace, when the backend runs in the cluster.")
        @Nullable
        String namespace,

        @Size(max = 20) @JsonPropertyDescription("Labels of the backend's pods in that namespace.")
        Map<String, @Size(max = 63) String> podLabels,

        @Required @Min(1) @Max(65535) @JsonPropertyDescription("Port as pods see it.")
        Integer port) {

    /** Makes collections immutable. */
    public ReachableAs {
        cidrs = cidrs == null ? null : List.copyOf(cidrs);
        podLabels = Lists.copy(podLabels);
    }
}
