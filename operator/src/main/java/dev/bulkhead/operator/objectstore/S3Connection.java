package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.tls.TrustedCertificates;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3 client as servers other than AWS need it, that reads nothing from the machine it runs on. */
public final class S3Connection {
    private S3Connection() {}

    /** With the key the connection names. */
    public static S3Client open(StoreConnection connection) {
        return open(connection, connection.accessKeyId(), connection.secretAccessKey());
    }

    /** With the key of another account. */
    static S3Client open(StoreConnection connection, String accessKeyId, String secretAccessKey) {
        return open(
                connection, StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKeyId, secretAccessKey)));
    }

    /** Without any key. */
    public static S3Client anonymous(StoreConnection connection) {
        return open(connection, AnonymousCredentialsProvider.create());
    }

    /** How requests travel, whatever they ask for. */
    static UrlConnectionHttpClient.Builder http(StoreConnection connection) {
        UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder()
                .connectionTimeout(connection.limits().connect())
                .socketTimeout(connection.limits().call())
                .proxyConfiguration(ProxyConfiguration.builder()
                        .useEnvironmentVariablesValues(false)
                        .useSystemPropertyValues(false)
                        .build());
        TrustedCertificates trusted = connection.trust();
        if (trusted != null) {
            http.tlsTrustManagersProvider(trusted::trustManagers);
        }
        return http;
    }

    private static S3Client open(StoreConnection connection, AwsCredentialsProvider credentials) {
        return S3Client.builder()
                .endpointOverride(connection.endpoint())
                .region(Region.of(connection.region()))
                .credentialsProvider(credentials)
                .forcePathStyle(true)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .disableS3ExpressSessionAuth(true)
                .httpClientBuilder(http(connection))
                .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .defaultProfileFileSupplier(
                                () -> ProfileFile.aggregator().build()))
                .build();
    }
}
