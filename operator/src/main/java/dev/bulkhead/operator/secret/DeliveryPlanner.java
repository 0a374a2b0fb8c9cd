package dev.bulkhead.operator.secret;

import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.PlannedSecret.Value;
import dev.bulkhead.operator.validate.ValidTenant;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which Secrets the operator delivers to a tenant: the way to its database and to its bucket, in the namespaces that
 * ask for them and nowhere else. Keys as in the Service Binding specification for Kubernetes 1.1, well-known entries.
 */
public final class DeliveryPlanner {
    /** Name of the Secret with the way to the database. */
    public static final String DATABASE = "bulkhead-database";

    /** Name of the Secret with the way to the bucket. */
    public static final String OBJECT_STORE = "bulkhead-objectstore";

    private DeliveryPlanner() {}

    /**
     * The Secrets of a tenant.
     *
     * @param slots in use
     * @param login database login of that slot
     * @param accessKeyId access key id of that slot
     */
    public static List<PlannedSecret> plan(ValidTenant tenant, Slots slots, String login, String accessKeyId) {
        List<PlannedSecret> secrets = new ArrayList<>();
        for (String namespace : tenant.database().request().deliverTo()) {
            secrets.add(new PlannedSecret(
                    tenant.namespace(namespace).fullName(),
                    DATABASE,
                    "servicebinding.io/postgresql",
                    Marks.of(tenant.name(), tenant.identity()),
                    database(
                            tenant.database(),
                            tenant.identity(),
                            slots.of(PartId.database).current(),
                            login)));
        }
        for (String namespace : tenant.objectStore().request().deliverTo()) {
            secrets.add(new PlannedSecret(
                    tenant.namespace(namespace).fullName(),
                    OBJECT_STORE,
                    "servicebinding.io/s3",
                    Marks.of(tenant.name(), tenant.identity()),
                    objectStore(
                            tenant.objectStore(),
                            tenant.identity(),
                            slots.of(PartId.objectStore).current(),
                            accessKeyId)));
        }
        return List.copyOf(secrets);
    }

    private static SortedMap<String, Value> database(
            ValidTenant.Database place, TenantIdentity identity, Slot slot, String login) {
        String sslmode = place.tls() ? "verify-full" : "disable";
        String address = host(place.host()) + ":" + place.port() + "/" + place.database();
        SortedMap<String, Value> data = new TreeMap<>();
        data.put("type", new Value.Text("postgresql"));
        data.put("provider", new Value.Text("bulkhead"));
        data.put("host", new Value.Text(place.host()));
        data.put("port", new Value.Text(Integer.toString(place.port())));
        data.put("database", new Value.Text(place.database()));
        data.put("schema", new Value.Text(identity.schema()));
        data.put("username", new Value.Text(login));
        data.put("password", new Value.Credential("", Purpose.of(PartId.database, slot), ""));
        data.put("sslmode", new Value.Text(sslmode));
        data.put(
                "uri",
                new Value.Credential(
                        "postgresql://" + login + ":",
                        Purpose.of(PartId.database, slot),
                        "@" + address + "?sslmode=" + sslmode));
        data.put("jdbc-url", new Value.Text("jdbc:postgresql://" + address + "?sslmode=" + sslmode));
        if (place.caCertificate() != null) {
            data.put("ca.crt", new Value.Text(place.caCertificate()));
        }
        return data;
    }

    private static SortedMap<String, Value> objectStore(
            ValidTenant.ObjectStore place, TenantIdentity identity, Slot slot, String accessKeyId) {
        SortedMap<String, Value> data = new TreeMap<>();
        data.put("type", new Value.Text("s3"));
        data.put("provider", new Value.Text("bulkhead"));
        data.put("endpoint", new Value.Text(place.endpoint()));
        data.put("host", new Value.Text(URI.create(place.endpoint()).getHost()));
        data.put("region", new Value.Text(place.region()));
        data.put("bucket", new Value.Text(identity.bucket()));
        data.put("access-key-id", new Value.Text(accessKeyId));
        data.put("secret-access-key", new Value.Credential("", Purpose.of(PartId.objectStore, slot), ""));
        if (place.caCertificate() != null) {
            data.put("ca.crt", new Value.Text(place.caCertificate()));
        }
        return data;
    }

    /** IPv6 addresses stand in brackets in a URI. */
    private static String host(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
