package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One exchange of a tenant's credentials and keys: made by a person, a schedule or a breach; done once. */
@JsonClassDescription(
        "One exchange of a tenant's credentials and keys: the new one works before the old one goes. Done once; make another to do it again.")
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("brot")
@Categories("bulkhead")
@AdditionalPrinterColumn(name = "Tenant", type = Type.STRING, jsonPath = ".spec.tenant")
@AdditionalPrinterColumn(name = "Trigger", type = Type.STRING, jsonPath = ".spec.trigger")
@AdditionalPrinterColumn(name = "Phase", type = Type.STRING, jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Progress", type = Type.STRING, jsonPath = ".status.progress")
@AdditionalPrinterColumn(name = "Message", type = Type.STRING, priority = 1, jsonPath = ".status.message")
@AdditionalPrinterColumn(name = "Age", type = Type.DATE, jsonPath = ".metadata.creationTimestamp")
public final class Rotation extends CustomResource<RotationSpec, JobStatus> {
    private static final long serialVersionUID = 1;
}
