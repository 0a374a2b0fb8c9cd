package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.backend.BackendKind;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.secret.PlannedSecret.Value;
import dev.bulkhead.operator.secret.Purpose;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The Secret with the way to a tenant's database, in the namespaces that ask for it and nowhere else. Keys as in the
 * Service Binding specification for Kubernetes 1.1, well-known entries. Pure.
 */
@Pure
public final class DatabaseSecret {
    /** Its name. */
    public static final String NAME = "bulkhead-database";

    /** Its keys that a rotation changes. */
    static final BackendKind.CredentialDelivery CREDENTIAL =
            new BackendKind.CredentialDelivery(NAME, "username", "password");

    private DatabaseSecret() {}

    /**
     * One for each namespace that asks for it.
     *
     * @param slot in use
     * @param login of that slot
     */
    public static List<PlannedSecret> plan(ValidTenant tenant, Slot slot, String login) {
        return tenant.database().request().deliverTo().stream()
                .map(namespace -> new PlannedSecret(
                        tenant.namespace(namespace).fullName(),
                        NAME,
                        "servicebinding.io/postgresql",
                        Marks.of(tenant.name(), tenant.identity()),
                        data(tenant, slot, login)))
                .toList();
    }

    private static SortedMap<String, Value> data(ValidTenant tenant, Slot slot, String login) {
        ValidTenant.ValidDatabase place = tenant.database();
        Purpose password = Purpose.of(PartId.database, slot);
        String sslmode = place.tls() ? "verify-full" : "disable";
        String address = host(place.host()) + ":" + place.port() + "/" + place.database();
        SortedMap<String, Value> data = new TreeMap<>();
        data.put("type", new Value.Text("postgresql"));
        data.put("provider", new Value.Text("bulkhead"));
        data.put("host", new Value.Text(place.host()));
        data.put("port", new Value.Text(Integer.toString(place.port())));
        data.put("database", new Value.Text(place.database()));
        data.put("schema", new Value.Text(tenant.identity().schema()));
        data.put(CREDENTIAL.name(), new Value.Text(login));
        data.put(CREDENTIAL.credential(), new Value.Credential("", password, ""));
        data.put("sslmode", new Value.Text(sslmode));
        data.put(
                "uri",
                new Value.Credential("postgresql://" + login + ":", password, "@" + address + "?sslmode=" + sslmode));
        data.put("jdbc-url", new Value.Text("jdbc:postgresql://" + address + "?sslmode=" + sslmode));
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
