package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** S3 clients for tests, made without the operator's code so that they can judge it. */
public final class S3Access {
    private S3Access() {}

    /** As the store's root. */
    public static S3Client client(StackEndpoints.ObjectStoreEndpoint store) {
        return client(store, store.rootAccessKey(), store.rootSecretKey());
    }

    /** As whoever has these keys. */
    public static S3Client client(StackEndpoints.ObjectStoreEndpoint store, String accessKey, String secretKey) {
        return client(store, StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)));
    }

    /** As nobody. */
    public static S3Client anonymous(StackEndpoints.ObjectStoreEndpoint store) {
        return client(store, AnonymousCredentialsProvider.create());
    }

    private static S3Client client(StackEndpoints.ObjectStoreEndpoint store, AwsCredentialsProvider credentials) {
        return S3Client.builder()
                .endpointOverride(URI.create(store.endpoint()))
                .region(Region.of(store.region()))
                .forcePathStyle(true)
                .credentialsProvider(credentials)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClient(UrlConnectionHttpClient.builder()
                        .tlsTrustManagersProvider(() -> trust(Path.of(store.caCertificate())))
                        .build())
                .build();
    }

    private static TrustManager[] trust(Path ca) {
        try (InputStream in = Files.newInputStream(ca)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(keys);
            return factory.getTrustManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot read " + ca, e);
        }
    }
}
