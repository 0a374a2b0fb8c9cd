package dev.bulkhead.operator.objectstore;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.IamClient;

/** A client of the IAM API, whoever serves it, that reads nothing from the machine it runs on and repeats nothing by itself. */
final class IamConnection {
    private IamConnection() {}

    /** With the operator's key, at the connection's admin endpoint. */
    static IamClient open(StoreConnection connection) {
        return IamClient.builder()
                .endpointOverride(connection.adminEndpoint())
                .region(Region.of(region(connection.adminEndpoint(), connection.region())))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(connection.accessKeyId(), connection.secretAccessKey())))
                .httpClientBuilder(S3Connection.http(connection))
                .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .defaultProfileFileSupplier(
                                () -> ProfileFile.aggregator().build()))
                .build();
    }

    /**
     * What to sign for: IAM of AWS is one for all regions of a partition, and signs for one of them.
     *
     * @param region of the store
     */
    static String region(URI endpoint, String region) {
        return switch (endpoint.getHost()) {
            case "iam.amazonaws.com" -> "us-east-1";
            case "iam.us-gov.amazonaws.com" -> "us-gov-west-1";
            case "iam.cn-north-1.amazonaws.com.cn" -> "cn-north-1";
            default -> region;
        };
    }
}
