package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A running server, the operator's side of it, and clients of everybody else. */
final class TestStore implements AutoCloseable {
    final VersityServer server;
    final RecordedCalls calls = new RecordedCalls();
    final VersityDriver driver;
    final ObjectStoreApplier applier;
    final ObjectStoreSweep sweep;
    final StoreCapabilities capabilities;
    final S3Client root;
    final VersityAccounts accounts;
    private final StoreGate gate;
    private final List<S3Client> clients = new ArrayList<>();

    TestStore(VersityServer server) {
        this.server = server;
        this.driver = new VersityDriver(server.connection(), calls);
        this.capabilities = driver.capabilities();
        this.applier = new ObjectStoreApplier(driver);
        this.sweep = new ObjectStoreSweep(driver, applier);
        this.root = S3Connection.open(server.connection());
        this.gate = new StoreGate(4, server.connection().limits().call(), ExternalCalls.unobserved());
        this.accounts = new VersityAccounts(server.connection(), gate);
        calls.clear();
    }

    static TestStore start() {
        return new TestStore(VersityServer.start());
    }

    ValidTenant.ObjectStore place() {
        return Fixtures.store(server.connection().tls(), null);
    }

    BucketPlan plan(TenantIdentity identity) {
        return ObjectStorePlanner.plan(identity, place(), capabilities, false);
    }

    BucketPlan plan(TenantIdentity identity, Set<Slot> live) {
        return ObjectStorePlanner.plan(identity, place(), capabilities, live, false);
    }

    BucketPlan closed(TenantIdentity identity) {
        return ObjectStorePlanner.plan(identity, place(), capabilities, true);
    }

    /** The policy of a plan that has one. */
    static BucketPolicy policy(BucketPlan plan) {
        return Objects.requireNonNull(plan.policy());
    }

    /** A tenant that is set up. */
    BucketPlan tenant(TenantIdentity identity) {
        BucketPlan plan = plan(identity);
        assertThat(applier.apply(plan, Fixtures.secrets(identity))).isInstanceOf(Outcome.Done.class);
        calls.clear();
        return plan;
    }

    /** The client a tenant builds from its Secret. */
    S3Client client(TenantIdentity identity, Slot slot) {
        return client(
                ObjectStorePlanner.accessKeyId(identity, slot),
                Fixtures.secret(identity, slot).secret());
    }

    S3Client client(String accessKeyId, String secret) {
        S3Client client = S3Connection.open(server.connection(), accessKeyId, secret);
        clients.add(client);
        return client;
    }

    /** A client without a key. */
    S3Client anonymous() {
        S3Client client = S3Client.builder()
                .endpointOverride(server.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .forcePathStyle(true)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        clients.add(client);
        return client;
    }

    /** What an observer with no memory sees of a tenant. */
    State state(BucketPlan plan) {
        try (VersityDriver fresh = new VersityDriver(server.connection(), ExternalCalls.unobserved())) {
            return new State(fresh.observeBucket(plan), fresh.observeKeys(plan));
        }
    }

    /** A tenant's part of the world. */
    record State(ObservedBucket bucket, Map<Slot, ObservedKey> keys) {
        ObservedBucket.Present present() {
            return (ObservedBucket.Present) bucket;
        }
    }

    /** HTTP status of a request: 200 when it succeeds. */
    static int status(Runnable request) {
        try {
            request.run();
            return 200;
        } catch (AwsServiceException e) {
            return e.statusCode();
        }
    }

    @Override
    public void close() {
        clients.forEach(S3Client::close);
        root.close();
        accounts.close();
        gate.close();
        driver.close();
        server.close();
    }
}
