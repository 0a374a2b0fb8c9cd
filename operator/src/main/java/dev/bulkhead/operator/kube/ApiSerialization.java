package dev.bulkhead.operator.kube;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** How the operator's client reads and writes objects. */
public final class ApiSerialization {
    private ApiSerialization() {}

    /**
     * As usual, but for {@code metadata.managedFields}, which is neither read nor written: nothing here looks at it, it
     * is a good part of every object, and the informers keep every object of every tenant in memory. An update that
     * leaves it out leaves it as it is.
     */
    public static KubernetesSerialization lean() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.addMixIn(ObjectMeta.class, WithoutManagedFields.class);
        return new KubernetesSerialization(mapper, true);
    }

    @JsonIgnoreProperties("managedFields")
    private interface WithoutManagedFields {}
}
