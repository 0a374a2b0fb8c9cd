package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.database.Credential;
import dev.bulkhead.operator.database.DatabaseApplier;
import dev.bulkhead.operator.database.DatabasePlanner;
import dev.bulkhead.operator.database.DatabaseServerConnection;
import dev.bulkhead.operator.database.DatabaseSweep;
import dev.bulkhead.operator.database.DatabaseTimeouts;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.database.ServerAddress;
import dev.bulkhead.operator.database.ServerProbe;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.objectstore.BucketPlan;
import dev.bulkhead.operator.objectstore.ObjectStorePlanner;
import dev.bulkhead.operator.objectstore.ObjectStores;
import dev.bulkhead.operator.objectstore.SlotSecret;
import dev.bulkhead.operator.objectstore.StoreCapabilities;
import dev.bulkhead.operator.objectstore.StoreConnection;
import dev.bulkhead.operator.objectstore.StoreException;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Look;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.Purpose;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections to every database server and object store, made anew when their spec or admin Secret changes. */
public final class BackendRegistry implements Backends, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackendRegistry.class);
    private static final String DATABASE = "DatabaseServer ";
    private static final String STORE = "ObjectStore ";

    /** When the operator starts, tenants come by before their servers have been looked at for the first time. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(15);

    private final OperatorSecrets secrets;
    private final ExternalCalls calls;
    private final LookWait wait;
    private final LastLooks looks;
    private final ObjectStores stores;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Database> databases = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> firstLooks = new ConcurrentHashMap<>();
    private final Map<String, Finding> unusable = new ConcurrentHashMap<>();
    private final Map<String, List<Capability>> databaseCapabilities = new ConcurrentHashMap<>();
    private final Map<String, StoreCapabilities> storeCapabilities = new ConcurrentHashMap<>();
    private volatile Set<String> missing = Set.of();

    /**
     * Reads admin Secrets from {@code secrets}; reports every request to {@code calls}.
     *
     * @param lookEvery how often each server and store is looked at
     */
    public BackendRegistry(OperatorSecrets secrets, ExternalCalls calls, LookWait wait, Duration lookEvery) {
        this.wait = wait;
        this.looks = new LastLooks(lookEvery);
        this.secrets = secrets;
        this.calls = calls;
        this.stores = new ObjectStores(calls);
    }

    /**
     * An open database server.
     *
     * @param secretVersion resourceVersion of the admin Secret it was opened with
     */
    record Database(
            ServerAddress address,
            String secretVersion,
            DatabaseServerConnection connection,
            DatabaseApplier applier,
            DatabaseSweep sweep,
            ServerProbe probe) {}

    /** What opening a backend led to. */
    sealed interface Opening<T> {
        record Opened<T>(T backend) implements Opening<T> {}

        record Failed<T>(Finding finding) implements Opening<T> {}
    }

    /** The server of this object, connected as it says now. */
    Opening<Database> open(DatabaseServer server) {
        String name = server.getMetadata().getName();
        Secret admin = secrets.find(server.getSpec().adminSecret().name()).orElse(null);
        Map<String, byte[]> data = admin == null ? Map.of() : OperatorSecrets.decoded(admin);
        if (admin == null || !data.keySet().containsAll(Set.of("username", "password"))) {
            closeDatabaseServer(name);
            return failed(
                    DATABASE + name,
                    missing(DATABASE + name, server.getSpec().adminSecret().name(), "username and password"));
        }
        ServerAddress address = ServerAddress.of(server.getSpec());
        String version = admin.getMetadata().getResourceVersion();
        Database now = databases.compute(name, (_, before) -> {
            if (before != null
                    && before.address().equals(address)
                    && before.secretVersion().equals(version)) {
                return before;
            }
            if (before != null) {
                before.connection().close();
            }
            return connect(address, version, data);
        });
        unusable.remove(DATABASE + name);
        return new Opening.Opened<>(now);
    }

    private Database connect(ServerAddress address, String version, Map<String, byte[]> data) {
        Credential login = credential(
                new String(data.getOrDefault("username", new byte[0]), StandardCharsets.UTF_8),
                data.getOrDefault("password", new byte[0]));
        try {
            DatabaseServerConnection connection = new DatabaseServerConnection(
                    address, login, DatabaseTimeouts.defaults(), Clock.systemUTC(), new CountedSqlTraffic(calls));
            DatabaseApplier applier = new DatabaseApplier(connection, random);
            return new Database(
                    address,
                    version,
                    connection,
                    applier,
                    new DatabaseSweep(connection, applier),
                    new ServerProbe(connection));
        } finally {
            login.clear();
        }
    }

    /** The store of this object, connected as it says now. */
    Opening<ObjectStores.Open> open(ObjectStore store) {
        String name = store.getMetadata().getName();
        Secret admin = secrets.find(store.getSpec().adminSecret().name()).orElse(null);
        Map<String, byte[]> data = admin == null ? Map.of() : OperatorSecrets.decoded(admin);
        if (!data.keySet().containsAll(Set.of("access-key-id", "secret-access-key"))) {
            stores.close(name);
            return failed(
                    STORE + name,
                    missing(STORE + name, store.getSpec().adminSecret().name(), "access-key-id and secret-access-key"));
        }
        try {
            ObjectStores.Open open = stores.open(
                    store.getSpec().driver(),
                    StoreConnection.of(
                            name, store.getSpec(), text(data, "access-key-id"), text(data, "secret-access-key")));
            unusable.remove(STORE + name);
            return new Opening.Opened<>(open);
        } catch (StoreException e) {
            return failed(STORE + name, e.finding(name));
        }
    }

    private <T> Opening<T> failed(String backend, Finding finding) {
        unusable.put(backend, finding);
        return new Opening.Failed<>(finding);
    }

    private Finding missing(String subject, String secret, String keys) {
        return new Finding(
                Reason.SecretMissing,
                subject,
                "needs Secret " + secrets.namespace() + "/" + secret + " with " + keys + "; create it");
    }

    void can(String server, List<Capability> capabilities) {
        databaseCapabilities.put(server, List.copyOf(capabilities));
    }

    void can(String store, StoreCapabilities capabilities) {
        storeCapabilities.put(store, capabilities);
    }

    @Override
    public List<Capability> databaseCapabilities(String server) {
        return databaseCapabilities.getOrDefault(server, List.of());
    }

    @Override
    public Optional<StoreCapabilities> storeCapabilities(String store) {
        return Optional.ofNullable(storeCapabilities.get(store));
    }

    /** Notes how a look at a database server and its tenants ended; see {@link LastLooks#ended}. */
    boolean lookedAtServer(String name, boolean done, Instant now) {
        return looks.ended(DATABASE + name, done, now);
    }

    /** Notes how a look at an object store and its tenants ended; see {@link LastLooks#ended}. */
    boolean lookedAtStore(String name, boolean done, Instant now) {
        return looks.ended(STORE + name, done, now);
    }

    @Override
    public Optional<Look> databaseLook(String server) {
        return looks.of(DATABASE + server);
    }

    @Override
    public Optional<Look> storeLook(String store) {
        return looks.of(STORE + store);
    }

    /** The first look at a backend is over, whatever it found. */
    void looked(String backend) {
        latch(backend).countDown();
    }

    void closeDatabaseServer(String name) {
        Database gone = databases.remove(name);
        if (gone != null) {
            gone.connection().close();
        }
    }

    void closeStore(String name) {
        stores.close(name);
    }

    @Override
    public Outcome database(String server, SchemaPlan plan, KeyRing ring) {
        Database database = awaited(DATABASE + server) ? databases.get(server) : null;
        if (database == null) {
            return waiting(DATABASE + server, Reason.DatabaseUnavailable);
        }
        if (plan.closed()) {
            return database.applier().close(plan);
        }
        Slot live = plan.live().iterator().next();
        byte[] password = ring.credential(Purpose.of(PartId.database, live)).orElseThrow();
        Credential login = credential(plan.name(SchemaPlan.Kind.login(live)), password);
        try {
            return database.applier().apply(plan, login);
        } finally {
            login.clear();
            Arrays.fill(password, (byte) 0);
        }
    }

    @Override
    public Outcome objectStore(String store, BucketPlan plan, KeyRing ring) {
        ObjectStores.Open open = awaited(STORE + store) ? stores.find(store).orElse(null) : null;
        if (open == null) {
            return waiting(STORE + store, Reason.ObjectStoreUnavailable);
        }
        if (plan.closed()) {
            return open.applier().close(plan);
        }
        return open.applier()
                .apply(
                        plan,
                        plan.live().stream().map(slot -> secret(ring, slot)).toList());
    }

    private static SlotSecret secret(KeyRing ring, Slot slot) {
        byte[] secret = ring.credential(Purpose.of(PartId.objectStore, slot)).orElseThrow();
        try {
            return new SlotSecret(slot, new String(secret, StandardCharsets.US_ASCII));
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    @Override
    public Outcome closeDatabase(String server, String place, TenantIdentity identity) {
        Database database = awaited(DATABASE + server) ? databases.get(server) : null;
        return database == null
                ? waiting(DATABASE + server, Reason.DatabaseUnavailable)
                : database.applier().close(DatabasePlanner.closing(identity, place));
    }

    @Override
    public Outcome closeObjectStore(String store, TenantIdentity identity) {
        ObjectStores.Open open = awaited(STORE + store) ? stores.find(store).orElse(null) : null;
        if (open == null) {
            return waiting(STORE + store, Reason.ObjectStoreUnavailable);
        }
        return switch (open.look()) {
            case ObjectStores.Look.Unseen unseen -> new Outcome.Waiting(unseen.finding());
            case ObjectStores.Look.Seen seen ->
                open.applier().close(ObjectStorePlanner.closing(identity, store, seen.capabilities()));
        };
    }

    @Override
    public void forget(TenantIdentity identity) {
        databases.values().forEach(database -> database.applier().forget(identity));
        stores.forget(identity);
    }

    /**
     * Closes the connections to servers and stores whose objects are gone, and forgets what was known of them. One that
     * is missing for the first time is left: a cache may be behind the one that opened it.
     */
    public void retain(Set<String> servers, Set<String> objectStores) {
        Set<String> gone = new HashSet<>();
        databases.keySet().stream().filter(name -> !servers.contains(name)).forEach(name -> gone.add(DATABASE + name));
        stores.names().stream().filter(name -> !objectStores.contains(name)).forEach(name -> gone.add(STORE + name));
        for (String backend : gone) {
            if (!missing.contains(backend)) {
                continue;
            }
            if (backend.startsWith(DATABASE)) {
                closeDatabaseServer(backend.substring(DATABASE.length()));
                databaseCapabilities.remove(backend.substring(DATABASE.length()));
            } else {
                closeStore(backend.substring(STORE.length()));
                storeCapabilities.remove(backend.substring(STORE.length()));
            }
            unusable.remove(backend);
            looks.forget(backend);
            LOG.atInfo().addKeyValue("backend", backend).log("closed: its object is gone");
        }
        missing = Set.copyOf(gone);
    }

    private Outcome waiting(String backend, Reason reason) {
        Finding known = unusable.get(backend);
        return new Outcome.Waiting(
                known != null ? known : new Finding(reason, backend, "is not connected yet; tried again by itself"));
    }

    private boolean awaited(String backend) {
        try {
            return wait.await(latch(backend), FIRST_LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private CountDownLatch latch(String backend) {
        return firstLooks.computeIfAbsent(backend, _ -> new CountDownLatch(1));
    }

    static Credential credential(String username, byte[] password) {
        char[] characters = new char[password.length];
        StandardCharsets.UTF_8.decode(ByteBuffer.wrap(password)).get(characters, 0, length(password));
        return new Credential(username, Arrays.copyOf(characters, length(password)));
    }

    private static int length(byte[] utf8) {
        return StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8)).length();
    }

    private static String text(Map<String, byte[]> data, String key) {
        byte @Nullable [] value = data.get(key);
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        databases.values().forEach(d -> d.connection().close());
        databases.clear();
        stores.close();
    }
}
