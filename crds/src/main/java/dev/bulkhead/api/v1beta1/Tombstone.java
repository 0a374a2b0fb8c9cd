package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** What is left after a Tenant object is gone; named by the tenant's identity. */
@JsonClassDescription("What is left after a Tenant object is gone; named by the tenant's identity.")
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("btomb")
@Categories("bulkhead")
@AdditionalPrinterColumn(name = "Tenant", type = Type.STRING, jsonPath = ".status.tenant")
@AdditionalPrinterColumn(name = "Phase", type = Type.STRING, jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Debts", type = Type.STRING, jsonPath = ".status.openDebts")
@AdditionalPrinterColumn(name = "Deleted-At", type = Type.STRING, jsonPath = ".status.deletedAt")
@AdditionalPrinterColumn(name = "Delete-By", type = Type.STRING, jsonPath = ".status.deleteBy")
@AdditionalPrinterColumn(name = "Age", type = Type.DATE, jsonPath = ".metadata.creationTimestamp")
public final class Tombstone extends CustomResource<TombstoneSpec, TombstoneStatus> {
    private static final long serialVersionUID = 1;
}
