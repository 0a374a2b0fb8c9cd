package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.ObjectStoreRequest;
import dev.bulkhead.operator.backend.OpenBackend;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.AccessKey;
import dev.bulkhead.operator.escape.EscapeSuite;
import dev.bulkhead.operator.escape.KeyPowers;
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
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A running server, the operator's side of it by one driver, and clients of everybody else. Where keys are supplied, what
 * stands here for the provider's console is the server's own admin API, which the operator does not know of.
 */
final class TestStore implements AutoCloseable {
    static final String SETTINGS = "(settings)";

    /** Taking one of two keys, and taking both. */
    static final String ONE_OF_TWO = "(one of two keys)";

    static final String BOTH_KEYS = "(both keys)";

    final StoreKind kind;
    final StoreServer server;
    final RecordedCalls calls = new RecordedCalls();
    final ObjectStoreDriver driver;
    final ObjectStoreApplier applier;
    final ObjectStoreSweep sweep;
    final StoreCapabilities capabilities;
    final S3Client root;
    final KeyAccounts accounts;
    private final StoreGate gate;
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private final ObjectStoreDriver console;
    private final Map<TenantIdentity, Map<Slot, MintedKey>> minted = new ConcurrentHashMap<>();
    private final List<S3Client> clients = new ArrayList<>();

    private final boolean shared;

    /** On a server of its own. */
    TestStore(StoreKind kind, StoreServer server) {
        this(kind, server, false);
    }

    private TestStore(StoreKind kind, StoreServer server, boolean shared) {
        this.kind = kind;
        this.server = server;
        this.shared = shared;
        this.driver = kind.open(server.connection(), calls);
        this.capabilities = driver.capabilities();
        this.applier = new ObjectStoreApplier(driver);
        this.sweep = new ObjectStoreSweep(driver, applier);
        this.root = S3Connection.open(server.connection());
        this.gate = new StoreGate(4, server.connection().limits().call(), ExternalCalls.unobserved());
        this.accounts = server.accounts(gate);
        this.console = kind.open(server.connection(), ExternalCalls.unobserved(), capabilities);
        calls.clear();
    }

    /** On a server that goes on running, and that others use as well where starting one takes its time. */
    static TestStore start(StoreKind kind) {
        return switch (kind) {
            case SeaweedFs, Static -> new TestStore(kind, SeaweedServer.shared(), true);
            case AwsIam -> new TestStore(kind, new IamSide(SeaweedServer.shared()), true);
        };
    }

    /** On a server that may be stopped. */
    static TestStore stoppable(StoreKind kind) {
        SeaweedServer server = SeaweedServer.shared();
        return new TestStore(kind, new RelayedServer(kind == StoreKind.AwsIam ? new IamSide(server) : server));
    }

    /** On the server that starts soonest and answers soonest; only where the operator makes no keys. */
    static TestStore onVersity() {
        return new TestStore(StoreKind.Static, VersityServer.start());
    }

    /** A connection with all that the driver's admin API asks for. */
    static StoreConnection complete(StoreKind kind, StoreConnection connection) {
        return kind == StoreKind.SeaweedFs
                ? connection.with(SeaweedServer.shared().access())
                : connection;
    }

    /** A driver without memory, of a server that it knows. */
    ObjectStoreDriver driver(ExternalCalls calls) {
        return kind.open(server.connection(), calls, capabilities);
    }

    /** Whether the server chooses ids and secrets of keys. */
    boolean minting() {
        return kind == StoreKind.AwsIam;
    }

    /** The secret of a tenant's key. */
    SlotSecret secret(TenantIdentity identity, Slot slot) {
        MintedKey key = minted.getOrDefault(identity, Map.of()).get(slot);
        return key == null ? Fixtures.secret(identity, slot) : key.secret();
    }

    /** Of the one it starts with. */
    List<SlotSecret> secrets(TenantIdentity identity) {
        return List.of(secret(identity, Slot.One));
    }

    /** The same, once the server has made what it is to make; what comes of that on the operator's side is tried by itself. */
    private StoreKeys keys(TenantIdentity identity, Set<Slot> live) {
        if (minting()) {
            live.forEach(slot -> mint(identity, slot));
        }
        return keys(identity);
    }

    private synchronized void mint(TenantIdentity identity, Slot slot) {
        Set<Slot> wanted = EnumSet.of(slot);
        wanted.addAll(minted.getOrDefault(identity, Map.of()).keySet());
        BucketPlan plan = ObjectStorePlanner.plan(identity, place(), capabilities, keys(identity), wanted, false);
        console.forgetKeys();
        if (!console.observeKeys(plan).containsKey(slot)) {
            MintedKey key =
                    console.issueKey(plan, Fixtures.secret(identity, slot)).orElseThrow();
            minted.computeIfAbsent(identity, _ -> new EnumMap<>(Slot.class)).put(slot, key);
            driver.forgetKeys();
        }
    }

    /** The keys of a tenant: as the operator derives them, or as somebody made them at the provider's. */
    StoreKeys keys(TenantIdentity identity) {
        if (minting()) {
            StoreKeys keys = kind.keys(identity);
            for (MintedKey key : minted.getOrDefault(identity, Map.of()).values()) {
                keys = key.among(keys);
            }
            return keys;
        }
        if (!kind.keysSupplied()) {
            return kind.keys(identity);
        }
        Map<Slot, StoreKeys.Named> keys = new EnumMap<>(Slot.class);
        for (Slot slot : Slot.values()) {
            String id = "GIVEN" + slot.number() + "." + identity.suffix();
            keys.put(slot, new StoreKeys.Named(id, server.principal(id)));
            if (made.add(id)) {
                accounts.put(id, Fixtures.secret(identity, slot).secret());
            }
        }
        return new StoreKeys(new TreeMap<>(keys));
    }

    String accessKeyId(TenantIdentity identity, Slot slot) {
        return keys(identity).of(slot).accessKeyId();
    }

    /**
     * Of the writes that it takes where the operator makes keys, those that it takes here. What a bucket is set to after
     * it was made, and by this server is not at once, stands for {@link #SETTINGS} and comes after {@code CreateBucket}.
     */
    List<String> writes(String... writes) {
        return Arrays.stream(writes)
                .filter(write -> !kind.keysSupplied() || !(write.endsWith("User") || write.endsWith("keys)")))
                .filter(write -> !minting() || !write.equals("CreateUser"))
                .flatMap(write -> switch (write) {
                    case ONE_OF_TWO -> Stream.of(minting() ? "DeleteAccessKey" : "DeleteUser");
                    case BOTH_KEYS ->
                        minting()
                                ? Stream.of("DeleteAccessKey", "DeleteAccessKey", "DeleteUser")
                                : Stream.of("DeleteUser", "DeleteUser");
                    case "DeleteUser" -> minting() ? Stream.of("DeleteAccessKey", write) : Stream.of(write);
                    case SETTINGS -> settings();
                    case "CreateBucket" -> Stream.concat(Stream.of(write), Stream.concat(mark(), settings()));
                    default -> Stream.of(write);
                })
                .toList();
    }

    private Stream<String> mark() {
        return capabilities.has(StoreFeature.TagsAtCreation) ? Stream.of() : Stream.of("PutBucketTagging");
    }

    private Stream<String> settings() {
        return Stream.of(
                        Map.entry(StoreFeature.PublicAccessBlock, "PutPublicAccessBlock"),
                        Map.entry(StoreFeature.PrivateAcls, "PutBucketOwnershipControls"), // beside ACLs that count
                        Map.entry(StoreFeature.Encryption, "PutBucketEncryption"),
                        Map.entry(StoreFeature.Lifecycle, "PutBucketLifecycleConfiguration"))
                .filter(write -> capabilities.has(write.getKey()))
                .map(Map.Entry::getValue);
    }

    /** A tenant's bucket as planned, all that the server can do in force; the policy as the server writes it. */
    ObservedBucket.Present asPlanned(BucketPlan plan, ObservedBucket observed) {
        String policy = observed instanceof ObservedBucket.Present present ? present.policy() : null;
        return new ObservedBucket.Present(
                StoreServer.ROOT,
                true,
                plan.settings().tags(),
                true,
                false,
                true,
                capabilities.has(StoreFeature.PublicAccessBlock),
                String.valueOf(plan.settings().ownership()),
                List.of(),
                capabilities.has(StoreFeature.Encryption),
                capabilities.has(StoreFeature.Lifecycle) ? new BucketLifecycle(30, 7) : null,
                List.of(),
                plan.settings().quotaBytes(),
                PolicyComparison.same(policy, plan.policy())
                        ? policy
                        : policy(plan).json(),
                null);
    }

    /** So many of them. */
    Outcome.Done done(String... writes) {
        List<String> all = writes(writes);
        // Where keys are a user's, the end of the user and of all its keys is one change.
        long ofUsers = minting() && all.contains("DeleteUser")
                ? all.stream().filter("DeleteAccessKey"::equals).count()
                : 0;
        return new Outcome.Done(all.size() - (int) ofUsers);
    }

    /** What the driver tells of keys that are as planned. */
    Map<Slot, ObservedKey> observed(TenantIdentity identity, Collection<Slot> live) {
        Map<Slot, ObservedKey> keys = new EnumMap<>(Slot.class);
        live.forEach(slot -> keys.put(
                slot,
                new ObservedKey(
                        true,
                        kind.keysSupplied() || minting()
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
        return ObjectStorePlanner.plan(identity, place(), promised, keys(identity, live), live, false);
    }

    /** The plan of a tenant that asks for more than its bucket. */
    BucketPlan plan(TenantIdentity identity, ObjectStoreRequest request, Set<Slot> live) {
        ValidTenant.ValidObjectStore asked =
                Fixtures.store(kind, request, server.connection().tls(), null);
        return ObjectStorePlanner.plan(identity, asked, capabilities, keys(identity, live), live, false);
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
        assertThat(applier.apply(plan, secrets(identity))).isInstanceOf(Outcome.Done.class);
        calls.clear();
        return plan;
    }

    /** The client a tenant builds from its Secret. */
    S3Client client(TenantIdentity identity, Slot slot) {
        return client(accessKeyId(identity, slot), secret(identity, slot).secret());
    }

    S3Client client(String accessKeyId, String secret) {
        S3Client client = S3Connection.open(server.connection(), accessKeyId, secret);
        clients.add(client);
        return client;
    }

    /** A client without a key. */
    S3Client anonymous() {
        S3Client client = S3Connection.anonymous(server.connection());
        clients.add(client);
        return client;
    }

    /** Asks what a tenant's key can do by the server's API of users and keys. */
    KeyPowers powers(TenantIdentity identity) {
        StoreConnection connection = server.connection();
        return new KeyPowers(
                new KeyPowers.KeyHolder(
                        connection.endpoint(),
                        connection.sockets(),
                        connection.region(),
                        new AccessKey(
                                accessKeyId(identity, Slot.One),
                                secret(identity, Slot.One).secret()),
                        identity.bucket(),
                        ""),
                new EscapeSuite.Patience(Duration.ofSeconds(10), Duration.ofMinutes(1)),
                ExternalCalls.unobserved(),
                Clock.systemUTC());
    }

    /** What an observer with no memory sees of a tenant. */
    State state(BucketPlan plan) {
        try (ObjectStoreDriver fresh = driver(ExternalCalls.unobserved())) {
            return new State(fresh.observeBucket(plan), fresh.observeKeys(plan));
        }
    }

    /** Does the damage, sweeps, applies; everything is then as before, by exactly these writes, one for each change. */
    void restored(TenantIdentity identity, Consumer<BucketPlan> damage, String... writes) {
        restored(identity, damage, writes.length, writes);
    }

    /** The same, by changes some of which take more than one write. */
    void restored(TenantIdentity identity, Consumer<BucketPlan> damage, int changes, String... writes) {
        BucketPlan plan = tenant(identity);
        State before = state(plan);
        damage.accept(plan);
        assertThat(state(plan)).isNotEqualTo(before);
        assertThat(applier.apply(plan, secrets(identity))).isEqualTo(Outcome.unchanged());

        OpenBackend.Swept swept = sweep.sweep("objects-1", Map.of(identity, plan));
        assertThat(swept.drifted()).containsExactly(identity);
        assertThat(swept.failures()).isEmpty();
        calls.clear();
        Outcome outcome = applier.apply(plan, secrets(identity));

        assertThat(outcome).isEqualTo(new Outcome.Done(changes));
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
        console.close();
        gate.close();
        driver.close();
        if (!shared) {
            server.close();
        }
    }
}
