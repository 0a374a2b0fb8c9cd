package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Asks a server of the stack for its health, checking its certificate. */
final class Https implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final char[] NO_PASSWORD = {};

    private final HttpClient client;

    private Https(HttpClient client) {
        this.client = client;
    }

    /** Trusts the authority of the stack alone and shows the client certificate {@code name}. */
    static Https as(String name, Pki pki) {
        return new Https(HttpClient.newBuilder()
                .sslContext(context(pki.ca(), name, pki))
                .connectTimeout(TIMEOUT)
                .build());
    }

    /** Trusts {@code ca} alone, a PEM file, and shows no certificate. */
    static SSLContext trusting(Path ca) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust(ca).getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot use the stack's own certificates", e);
        }
    }

    /** The same, and shows the client certificate {@code name}. */
    static SSLContext context(Path ca, String name, Pki pki) {
        try {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            X509Certificate certificate = Pem.certificate(pki.certificate(name));
            PrivateKey key =
                    Pem.privateKey(pki.key(name), certificate.getPublicKey().getAlgorithm());
            own.setKeyEntry(name, key, NO_PASSWORD, new Certificate[] {certificate});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust(ca).getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot use the stack's own certificates", e);
        }
    }

    private static TrustManagerFactory trust(Path ca) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", Pem.certificate(ca));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust;
    }

    /** True when a GET answers 200; false for anything else, also when nobody listens. */
    boolean answers(String url) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
