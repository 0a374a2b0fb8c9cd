package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.backend.BackendKind;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.secret.PlannedSecret.Value;
import dev.bulkhead.operator.secret.Purpose;
import dev.bulkhead.operator.validate.ValidTenant;
import java.net.URI;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The Secret with the way to a tenant's bucket, in the namespaces that ask for it and nowhere else. Keys as in the
 * Service Binding specification for Kubernetes 1.1, well-known entries. Pure.
 */
@Pure
public final class BucketSecret {
    /** Its name. */
    public static final String NAME = "bulkhead-objectstore";

    /** Its keys that a rotation changes. */
    static final BackendKind.CredentialDelivery CREDENTIAL =
            new BackendKind.CredentialDelivery(NAME, "access-key-id", "secret-access-key");

    private BucketSecret() {}

    /**
     * One for each namespace that asks for it.
     *
     * @param slot in use
     * @param accessKeyId of that slot
     */
    public static List<PlannedSecret> plan(ValidTenant tenant, Slot slot, String accessKeyId) {
        return tenant.objectStore().request().deliverTo().stream()
                .map(namespace -> new PlannedSecret(
                        tenant.namespace(namespace).fullName(),
                        NAME,
                        "servicebinding.io/s3",
                        Marks.of(tenant.name(), tenant.identity()),
                        data(tenant, slot, accessKeyId)))
                .toList();
    }

    private static SortedMap<String, Value> data(ValidTenant tenant, Slot slot, String accessKeyId) {
        ValidTenant.ValidObjectStore place = tenant.objectStore();
        SortedMap<String, Value> data = new TreeMap<>();
        data.put("type", new Value.Text("s3"));
        data.put("provider", new Value.Text("bulkhead"));
        data.put("endpoint", new Value.Text(place.endpoint()));
        data.put("host", new Value.Text(URI.create(place.endpoint()).getHost()));
        data.put("region", new Value.Text(place.region()));
        data.put("bucket", new Value.Text(tenant.identity().bucket()));
        data.put(CREDENTIAL.name(), new Value.Text(accessKeyId));
        data.put(CREDENTIAL.credential(), new Value.Credential("", Purpose.of(PartId.objectStore, slot), ""));
        if (place.caCertificate() != null) {
            data.put("ca.crt", new Value.Text(place.caCertificate()));
        }
        return data;
    }
}
