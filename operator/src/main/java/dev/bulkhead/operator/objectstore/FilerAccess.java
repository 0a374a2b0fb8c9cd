package dev.bulkhead.operator.objectstore;

/**
 * What a SeaweedFS filer asks of whoever administers its users, beside the key for S3.
 *
 * @param certificate PEM: what the operator shows for mutual TLS
 * @param key PEM of PKCS#8: the certificate's key
 * @param signingKey {@code jwt.filer_signing.key} of the server's security.toml
 */
public record FilerAccess(String certificate, String key, String signingKey) {
    /** Without anything secret: this ends up in logs. */
    @Override
    public String toString() {
        return "FilerAccess";
    }
}
