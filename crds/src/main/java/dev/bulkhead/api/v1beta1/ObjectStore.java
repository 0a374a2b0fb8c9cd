package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** An S3 server on which tenants get their buckets. */
@JsonClassDescription("An S3 server on which tenants get their buckets.")
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("bos")
@Categories("bulkhead")
@AdditionalPrinterColumn(name = "Environment", type = Type.STRING, jsonPath = ".spec.environment")
@AdditionalPrinterColumn(name = "Driver", type = Type.STRING, jsonPath = ".spec.driver")
@AdditionalPrinterColumn(name = "Endpoint", type = Type.STRING, jsonPath = ".spec.endpoint")
@AdditionalPrinterColumn(
        name = "Ready",
        type = Type.STRING,
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Tenants", type = Type.INTEGER, jsonPath = ".status.tenants")
@AdditionalPrinterColumn(
        name = "Reason",
        type = Type.STRING,
        priority = 1,
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Age", type = Type.DATE, jsonPath = ".metadata.creationTimestamp")
@JsonDeserialize(using = JsonDeserializer.None.class) // as CustomResource says; BackendResource hides it
public final class ObjectStore extends CustomResource<ObjectStoreSpec, BackendStatus> implements BackendResource {
    private static final long serialVersionUID = 1;
}
