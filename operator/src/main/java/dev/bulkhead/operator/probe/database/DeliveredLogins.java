package dev.bulkhead.operator.probe.database;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.operator.database.DatabaseAddress;
import dev.bulkhead.operator.database.DatabaseSecret;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Logins as they were delivered: one GET of one Secret by its name, one of the DatabaseServer. Only user name and
 * password come from the Secret, so that an edited Secret cannot send the probe to a server that refuses everything.
 */
public final class DeliveredLogins implements Logins {
    private final KubernetesClient client;

    /** Reads with that client. */
    public DeliveredLogins(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<DatabaseLogin> of(Subject tenant) {
        Place place = tenant.homes().of(PartId.database).map(Home::place).orElse(null);
        String database = place == null ? null : place.inside();
        if (place == null || database == null) {
            return Optional.empty();
        }
        return tenant.delivered(PartId.database).flatMap(namespace -> {
            DatabaseServer server = client.resources(DatabaseServer.class)
                    .withName(place.backend())
                    .get();
            Secret secret = client.secrets()
                    .inNamespace(namespace.fullName())
                    .withName(DatabaseSecret.NAME)
                    .get();
            return login(database, server, secret);
        });
    }

    private static Optional<DatabaseLogin> login(
            String database, @Nullable DatabaseServer server, @Nullable Secret secret) {
        if (server == null || secret == null || secret.getData() == null) {
            return Optional.empty();
        }
        String username = secret.getData().get("username");
        String password = secret.getData().get("password");
        return username == null || password == null
                ? Optional.empty()
                : Optional.of(new DatabaseLogin(
                        DatabaseAddress.of(server.getSpec()), database, text(username), text(password)));
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
