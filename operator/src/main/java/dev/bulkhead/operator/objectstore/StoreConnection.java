package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.tls.TrustedCertificates;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * How the operator reaches one object store. A change of any of it needs a new driver, which finds out anew what the
 * server can do.
 *
 * @param store name of the ObjectStore
 * @param endpoint S3
 * @param adminEndpoint the driver's admin API; the S3 endpoint when it has none of its own
 * @param region to sign for
 * @param accessKeyId of the operator's account
 * @param secretAccessKey of the operator's account
 * @param caCertificates PEM of what the server's certificate must chain to; null means the public ones
 * @param limits how long and how much at a time
 * @param filer what the driver's admin API asks for beside the account's key; null where it asks for nothing more
 * @param uid of the ObjectStore: what the operator makes there for trials is named by it, so that two operators with the
 *     same account do not meet; empty for who makes nothing there
 */
public record StoreConnection(
        String store,
        URI endpoint,
        URI adminEndpoint,
        String region,
        String accessKeyId,
        String secretAccessKey,
        @Nullable String caCertificates,
        Limits limits,
        @Nullable FilerAccess filer,
        String uid) {
    /** For who makes nothing there but what tenants are to have, and asks for nothing by another API. */
    public StoreConnection(
            String store,
            URI endpoint,
            URI adminEndpoint,
            String region,
            String accessKeyId,
            String secretAccessKey,
            @Nullable String caCertificates,
            Limits limits) {
        this(store, endpoint, adminEndpoint, region, accessKeyId, secretAccessKey, caCertificates, limits, null, "");
    }

    /**
     * How long and how much at a time.
     *
     * @param connect for a connection
     * @param call for a request from beginning to end
     * @param atOnce requests at a time
     */
    public record Limits(Duration connect, Duration call, int atOnce) {
        /** What holds unless a test wants to be done sooner. */
        public static final Limits DEFAULT = new Limits(Duration.ofSeconds(3), Duration.ofSeconds(10), 16);
    }

    /** The connection of an ObjectStore with the account of its admin Secret. */
    public static StoreConnection of(String store, ObjectStoreSpec spec, String accessKeyId, String secretAccessKey) {
        URI endpoint = URI.create(spec.endpoint());
        return new StoreConnection(
                store,
                endpoint,
                spec.adminEndpoint() == null ? endpoint : URI.create(spec.adminEndpoint()),
                spec.region(),
                accessKeyId,
                secretAccessKey,
                spec.caCertificate(),
                Limits.DEFAULT);
    }

    /** The same with what the driver's admin API asks for beside the account's key. */
    public StoreConnection with(FilerAccess access) {
        return new StoreConnection(
                store,
                endpoint,
                adminEndpoint,
                region,
                accessKeyId,
                secretAccessKey,
                caCertificates,
                limits,
                access,
                uid);
    }

    /** The same, of the ObjectStore with that uid. */
    StoreConnection as(String uid) {
        return new StoreConnection(
                store,
                endpoint,
                adminEndpoint,
                region,
                accessKeyId,
                secretAccessKey,
                caCertificates,
                limits,
                filer,
                uid);
    }

    /** What tells this operator's own things on the server from those of others: one line each of uid, name and account. */
    String installation() {
        return uid + "\n" + store + "\n" + accessKeyId;
    }

    /** Whether S3 requests travel encrypted. */
    public boolean tls() {
        return "https".equals(endpoint.getScheme());
    }

    /**
     * What the server's certificate must chain to; null means the public authorities.
     *
     * @throws StoreException when {@code caCertificates} holds no certificate
     */
    @Nullable
    TrustedCertificates trust() {
        if (caCertificates == null) {
            return null;
        }
        try {
            return TrustedCertificates.of(caCertificates);
        } catch (GeneralSecurityException e) {
            throw new StoreException(
                    StoreException.StoreFailure.Untrusted, "Connect", "no certificate in the PEM text");
        }
    }

    /**
     * What opens TLS connections to it, and trusts no more than {@link #trust}.
     *
     * @throws StoreException as there
     */
    public SSLSocketFactory sockets() {
        TrustedCertificates trusted = trust();
        return trusted == null
                ? (SSLSocketFactory) SSLSocketFactory.getDefault()
                : trusted.context().getSocketFactory();
    }

    /** Without the account's secret: this ends up in logs. */
    @Override
    public String toString() {
        return "StoreConnection[" + store + ", " + endpoint + "]";
    }
}
