package dev.bulkhead.operator.objectstore;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Trust in the certificates of one PEM text and in no others, kept in memory. */
final class TrustedCertificates {
    private final TrustManager[] trust;

    private TrustedCertificates(TrustManager[] trust) {
        this.trust = trust;
    }

    /**
     * Reads them.
     *
     * @throws StoreException when there is no certificate in the text
     */
    static TrustedCertificates of(String pem) {
        try {
            Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            if (certificates.isEmpty()) {
                throw new StoreException(StoreException.Failure.Untrusted, "Connect", "no certificate in the PEM text");
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return new TrustedCertificates(factory.getTrustManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw new StoreException(StoreException.Failure.Untrusted, "Connect", "the PEM text cannot be read");
        }
    }

    TrustManager[] trustManagers() {
        return trust.clone();
    }

    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }
}
