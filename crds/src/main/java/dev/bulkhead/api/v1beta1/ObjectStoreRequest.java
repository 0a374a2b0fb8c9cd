package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tenant's bucket. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.quota) || !isQuantity(self.quota) || quantity(self.quota).isGreaterThan(quantity('0'))",
        message = "quota must be more than zero; leave it out for no limit")
public record ObjectStoreRequest(
        @Size(min = 1, max = 63)
        @Pattern(ApiGroup.LABEL)
        @JsonPropertyDescription("ObjectStore to use; absent means the least loaded that fits. Set once.")
        @Nullable
        String store,

        @Size(max = 16)
        @Pattern(ApiGroup.QUANTITY)
        @JsonPropertyDescription("Size limit of the bucket. NotEnforceable where the server has no quota.")
        @Nullable
        String quota,

        @Default("P30D")
        @Size(min = ApiGroup.DURATION_MIN, max = 32)
        @Pattern(ApiGroup.DURATION)
        @JsonPropertyDescription("How long overwritten and deleted versions of an object stay.")
        String noncurrentVersions,

        @Size(max = 10)
        @Default("[]")
        @JsonPropertyDescription("Namespaces of this tenant that receive the Secret bulkhead-objectstore.")
        List<@Size(min = 1, max = 21) String> deliverTo,

        @Size(max = 10)
        @Default("[]")
        @JsonPropertyDescription(
                "Pages of other origins whose scripts may use presigned URLs of the bucket. NotEnforceable where the server has no CORS.")
        List<CorsRule> cors)
        implements BackendRequest {

    /** Fills in what is absent. */
    public ObjectStoreRequest {
        noncurrentVersions = noncurrentVersions == null ? "P30D" : noncurrentVersions;
        deliverTo = Lists.copy(deliverTo);
        cors = Lists.copy(cors);
    }

    /** The request of a Tenant that says nothing about its bucket. */
    public static ObjectStoreRequest defaults() {
        return new ObjectStoreRequest(null, null, "P30D", List.of(), List.of());
    }
}
