package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.DatabaseServerSpec;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL server is and how to be sure that it is the right one.
 *
 * @param host name or address; with TLS the certificate has to be for it
 * @param port TCP port
 * @param tls whether connections use TLS, with chain and host name verified; there is no weaker TLS
 * @param caCertificate PEM, one or more; null: the public ones of the Java platform
 */
public record DatabaseAddress(
        String host, int port, boolean tls, @Nullable String caCertificate) {
    /** The address a DatabaseServer names. */
    public static DatabaseAddress of(DatabaseServerSpec spec) {
        boolean tls = switch (spec.tls()) {
            case VerifyFull -> true;
            case Disable -> false;
        };
        return new DatabaseAddress(spec.host(), spec.port(), tls, spec.caCertificate());
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
