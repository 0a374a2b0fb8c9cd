package dev.bulkhead.operator.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** The certificate that a client shows to a server, kept in memory. */
public final class ClientCertificate {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private final KeyManager[] keys;

    private ClientCertificate(KeyManager[] keys) {
        this.keys = keys;
    }

    /**
     * Reads both parts.
     *
     * @param certificates PEM: the client's own first, then those that lead to its authority
     * @param key PEM of PKCS#8, not encrypted
     * @throws GeneralSecurityException when one of them is not there, cannot be read, or does not belong to the other; no
     *     message repeats any of the key
     */
    public static ClientCertificate of(String certificates, String key) throws GeneralSecurityException {
        Collection<? extends Certificate> chain = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(certificates.getBytes(StandardCharsets.US_ASCII)));
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("no certificate in the PEM text");
        }
        PrivateKey secret = key(key, chain.iterator().next().getPublicKey().getAlgorithm());
        KeyStore store = KeyStore.getInstance("PKCS12");
        char[] none = new char[0];
        try {
            store.load(null, none);
        } catch (IOException e) {
            throw new GeneralSecurityException("a key store in memory cannot be made", e);
        }
        store.setKeyEntry("client", secret, none, chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, none);
        return new ClientCertificate(factory.getKeyManagers());
    }

    private static PrivateKey key(String pem, String algorithm) throws GeneralSecurityException {
        Matcher text = KEY.matcher(pem);
        if (!text.find()) {
            throw new GeneralSecurityException("no PKCS#8 key in the PEM text");
        }
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text.group(1))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Without its cause: what cannot be read may be quoted there.
            throw new GeneralSecurityException("the key cannot be read, or is of another kind than the certificate's");
        }
    }

    /** For clients that take key managers. */
    public KeyManager[] keyManagers() {
        return keys.clone();
    }
}
