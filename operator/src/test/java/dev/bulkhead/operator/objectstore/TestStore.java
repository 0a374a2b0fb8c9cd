package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.ObjectStoreRequest;
import dev.bulkhead.operator.backend.OpenBackend;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.tls.TrustedCertificates;
import dev.bulkhead.operator.validate.ValidTenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A running server, the operator's side of it by one driver, and clients of everybody else. Where keys are supplied, what
 * stands here for the provider's console is the server's own admin API, which the operator does not know of.
 */
final class TestStore implements AutoCloseable {
    final StoreKind kind;
    final VersityServer server;
    final RecordedCalls calls = new RecordedCalls();
    final ObjectStoreDriver driver;
    final ObjectStoreApplier applier;
    final ObjectStoreSweep sweep;
    final StoreCapabilities capabilities;
    final S3Client root;
    final VersityAccounts accounts;
    private final StoreGate gate;
    private final Set<String> made = new HashSet<>();
    private final List<S3Client> clients = new ArrayList<>();

    TestStore(StoreKind kind, VersityServer server) {
        this.kind = kind;
        this.server = server;
        this.driver = kind.open(server.connection(), calls);
        this.capabilities = driver.capabilities();
        this.applier = new ObjectStoreApplier(driver);
        this.sweep = new ObjectStoreSweep(driver, applier);
        this.root = S3Connection.open(server.connection());
        this.gate = new StoreGate(4, server.connection().limits().call(), ExternalCalls.unobserved());
        this.accounts = new VersityAccounts(server.connection(), gate);
        calls.clear();
    }

    static TestStore start(StoreKind kind) {
        return new TestStore(kind, VersityServer.start());
    }

    /** A driver without memory, of a server that it knows. */
    ObjectStoreDriver driver(ExternalCalls calls) {
        return kind.open(server.connection(), calls, capabilities);
    }

    /** The keys of a tenant: as the operator derives them, or as somebody made them at the provider's. */
    StoreKeys keys(TenantIdentity identity) {
        if (!kind.keysSupplied()) {
            return kind.keys(identity);
        }
        Map<Slot, StoreKeys.Named> keys = new EnumMap<>(Slot.class);
        for (Slot slot : Slot.values()) {
            String id = "GIVEN" + slot.number() + "." + identity.suffix();
            keys.put(slot, new StoreKeys.Named(id, id));
            if (made.add(id)) {
                accounts.put(id, Fixtures.secret(identity, slot).secret());
            }
        }
        return new StoreKeys(new TreeMap<>(keys));
    }

    String accessKeyId(TenantIdentity identity, Slot slot) {
        return keys(identity).of(slot).accessKeyId();
    }

    /** Of the writes that it takes where the operator makes keys, those that it takes here. */
    List<String> writes(String... writes) {
        return Arrays.stream(writes)
                .filter(write -> !kind.keysSupplied() || !write.endsWith("User"))
                .toList();
    }

    /** So many of them. */
    Outcome.Done done(String... writes) {
        return new Outcome.Done(writes(writes).size());
    }

    /** What the driver tells of keys that are as planned. */
    Map<Slot, ObservedKey> observed(TenantIdentity identity, Collection<Slot> live) {
        Map<Slot, ObservedKey> keys = new EnumMap<>(Slot.class);
        live.forEach(slot -> keys.put(
                slot,
                new ObservedKey(
                        true,
                        kind.keysSupplied()
                                ? null
                                : Fixtures.secret(identity, slot).digest())));
        return keys;
    }

    ValidTenant.ValidObjectStore place() {
        return Fixtures.store(kind, server.connection().tls(), null);
    }

    BucketPlan plan(TenantIdentity identity) {
        return plan(identity, Set.of(Slot.One));
    }

    BucketPlan plan(TenantIdentity identity, Set<Slot> live) {
        return plan(identity, capabilities, live);
    }

    /** The plan for a server that can do something else. */
    BucketPlan plan(TenantIdentity identity, StoreCapabilities promised, Set<Slot> live) {
        return ObjectStorePlanner.plan(identity, place(), promised, keys(identity), live, false);
    }

    /** The plan of a tenant that asks for more than its bucket. */
    BucketPlan plan(TenantIdentity identity, ObjectStoreRequest request, Set<Slot> live) {
        ValidTenant.ValidObjectStore asked =
                Fixtures.store(kind, request, server.connection().tls(), null);
        return ObjectStorePlanner.plan(identity, asked, capabilities, keys(identity), live, false);
    }

    /** HTTP status of what a browser asks before a page of that origin may PUT into the bucket. */
    int preflight(String bucket, String origin) {
        HttpClient.Builder client = HttpClient.newBuilder();
        TrustedCertificates trust = server.connection().trust();
        if (trust != null) {
            client.sslContext(trust.context());
        }
        try (HttpClient browser = client.build()) {
            return browser.send(
                            HttpRequest.newBuilder(server.endpoint().resolve("/" + bucket + "/letter"))
                                    .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                                    .header("Origin", origin)
                                    .header("Access-Control-Request-Method", "PUT")
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    BucketPlan closed(TenantIdentity identity) {
        return ObjectStorePlanner.plan(identity, place(), capabilities, keys(identity), Set.of(), true);
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
                accessKeyId(identity, slot), Fixtures.secret(identity, slot).secret());
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
        try (ObjectStoreDriver fresh = driver(ExternalCalls.unobserved())) {
            return new State(fresh.observeBucket(plan), fresh.observeKeys(plan));
        }
    }

    /** Does the damage, sweeps, applies; everything is then as before, by exactly these writes. */
    void restored(TenantIdentity identity, Consumer<BucketPlan> damage, String... writes) {
        BucketPlan plan = tenant(identity);
        State before = state(plan);
        damage.accept(plan);
        assertThat(state(plan)).isNotEqualTo(before);
        assertThat(applier.apply(plan, Fixtures.secrets(identity))).isEqualTo(Outcome.unchanged());

        OpenBackend.Swept swept = sweep.sweep("objects-1", Map.of(identity, plan));
        assertThat(swept.drifted()).containsExactly(identity);
        assertThat(swept.failures()).isEmpty();
        calls.clear();
        Outcome outcome = applier.apply(plan, Fixtures.secrets(identity));

        assertThat(outcome).isEqualTo(new Outcome.Done(writes.length));
        assertThat(calls.writes()).isEqualTo(List.of(writes));
        assertThat(state(plan)).isEqualTo(before);
        assertThat(sweep.sweep("objects-1", Map.of(identity, plan)).drifted()).isEmpty();
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
