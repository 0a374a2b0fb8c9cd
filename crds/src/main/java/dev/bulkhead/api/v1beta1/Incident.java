package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A way out of a compartment that was found open. It stays after the way is closed, until somebody acknowledges it. */
@JsonClassDescription(
        "A way out of a compartment that was found open. It stays after the way is closed, until somebody acknowledges it.")
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("binc")
@Categories("bulkhead")
@AdditionalPrinterColumn(name = "Tenant", type = Type.STRING, jsonPath = ".spec.finding.tenant")
@AdditionalPrinterColumn(name = "Control", type = Type.STRING, jsonPath = ".spec.finding.control")
@AdditionalPrinterColumn(name = "Found-At", type = Type.STRING, jsonPath = ".spec.finding.foundAt")
@AdditionalPrinterColumn(name = "Notify-By", type = Type.STRING, jsonPath = ".spec.finding.notifyBy")
@AdditionalPrinterColumn(name = "Acknowledged-By", type = Type.STRING, jsonPath = ".spec.acknowledgement.by")
@AdditionalPrinterColumn(name = "Message", type = Type.STRING, priority = 1, jsonPath = ".spec.finding.message")
@AdditionalPrinterColumn(name = "Age", type = Type.DATE, jsonPath = ".metadata.creationTimestamp")
public final class Incident extends CustomResource<IncidentSpec, Void> {
    private static final long serialVersionUID = 1;
}
