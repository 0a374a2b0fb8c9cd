package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStoreRequest;
import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.AccessKey;
import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.escape.EscapeSuite;
import dev.bulkhead.operator.escape.KeyPowers;
import dev.bulkhead.operator.escape.KeyPowers.PowerFinding;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.StoreCapabilities.SeenFeature;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.validate.ValidTenant.ValidObjectStore;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a server keeps buckets apart: two buckets and a key are made as two tenants would get them, and the
 * key's holder tries to get from the one into the other by every name that a request can carry. Before that it tries to make
 * itself further keys, sessions and rights.
 *
 * <p>Their names are derived, and both are removed afterwards; what a crash, or a server that deletes less than it takes,
 * left behind the next run goes on with. The key's secret is new each time and known to nobody else.
 */
final class BucketsApart implements BucketsApartWatch.ApartTrial {
    private static final Logger LOG = LoggerFactory.getLogger(BucketsApart.class);

    private static final Duration REQUEST = Duration.ofSeconds(5);
    private static final Duration ALL = Duration.ofMinutes(5);
    private static final Duration OF_KEYS = Duration.ofSeconds(30);
    private static final int NONCURRENT_DAYS = 1;

    private final StoreConnection connection;
    private final StoreKind kind;
    private final ObjectStoreDriver driver;
    private final ObjectStoreApplier applier;
    private final ExternalCalls calls;
    private final Clock clock;

    /** Keys that the server made for the two. */
    private final Map<TenantIdentity, MintedKey> minted = new ConcurrentHashMap<>();

    /** For the server that the driver speaks to; nothing is sent yet. */
    BucketsApart(
            StoreConnection connection, StoreKind kind, ObjectStoreDriver driver, ExternalCalls calls, Clock clock) {
        this.connection = connection;
        this.kind = kind;
        this.driver = driver;
        this.applier = new ObjectStoreApplier(driver, this::keep);
        this.calls = calls;
        this.clock = clock;
    }

    @Override
    public boolean makesKeys() {
        return !kind.keysSupplied();
    }

    /** One request without a key; a server that does not answer it is asked again soon enough. */
    @Override
    public String server() {
        try {
            return EscapeSuite.server(connection.endpoint(), connection.sockets(), REQUEST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.StoreFailure.Stopped, "Escape", "");
        }
    }

    /**
     * Tries everything, in minutes at most.
     *
     * @throws StoreException when the two buckets cannot be made; then nothing is known
     */
    @Override
    public StoreTrial tried() {
        TenantIdentity attacker = scratch(connection, "attacker");
        TenantIdentity victim = scratch(connection, "victim");
        SlotSecret secret = new SlotSecret(Slot.One, TrialSecret.fresh());
        makeFor(attacker, secret); // a server may have to choose the key's name and secret first
        try (EscapeSuite suite = new EscapeSuite(
                scene(attacker, victim, secret), new EscapeSuite.Patience(REQUEST, ALL), calls, clock)) {
            try {
                make(plan(victim, Set.of(), false), List.of());
                List<PowerFinding> powers = powers(attacker, secret);
                return new StoreTrial(suite.run(), powers);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException(StoreException.StoreFailure.Stopped, "Escape", "");
            } finally {
                tidy(suite, attacker, victim);
            }
        }
    }

    private List<PowerFinding> powers(TenantIdentity attacker, SlotSecret fresh) throws InterruptedException {
        StoreKeys.Named key = keys(attacker).of(fresh.slot());
        URI iam = kind.iamEndpoint(connection);
        KeyPowers.KeyHolder holder = new KeyPowers.KeyHolder(
                connection.endpoint(),
                iam,
                connection.sockets(),
                connection.region(),
                IamConnection.region(iam, connection.region()),
                new AccessKey(key.accessKeyId(), secret(attacker, fresh).secret()),
                attacker.bucket(),
                key.principal().substring(key.principal().lastIndexOf('/') + 1));
        try (KeyPowers powers = new KeyPowers(holder, new EscapeSuite.Patience(REQUEST, OF_KEYS), calls, clock)) {
            return powers.all();
        }
    }

    /** What stays the next run goes on with; what was found is true all the same. */
    private void tidy(EscapeSuite suite, TenantIdentity attacker, TenantIdentity victim) {
        Outcome closed = applier.close(plan(attacker, Set.of(), true));
        if (!(closed instanceof Outcome.Done)) {
            LOG.atWarn()
                    .addKeyValue("objectStore", connection.store())
                    .addKeyValue("bucket", attacker.bucket())
                    .log("key of a trial is still there; nobody knows its secret");
        }
        try {
            suite.remove();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        applier.forget(attacker);
        applier.forget(victim);
        minted.clear();
    }

    private boolean keep(TenantIdentity identity, MintedKey key) {
        minted.put(identity, key);
        return true;
    }

    private void remake(TenantIdentity identity, Runnable making) throws IOException {
        applier.forget(identity);
        try {
            making.run();
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The attacker's bucket and its way in; once more where the server made the key. */
    private void makeFor(TenantIdentity attacker, SlotSecret fresh) {
        MintedKey before = minted.get(attacker);
        try {
            make(plan(attacker, Set.of(Slot.One), false), List.of(secret(attacker, fresh)));
        } catch (StoreException e) {
            if (Objects.equals(before, minted.get(attacker))) {
                throw e;
            }
            make(plan(attacker, Set.of(Slot.One), false), List.of(secret(attacker, fresh)));
        }
    }

    private SlotSecret secret(TenantIdentity identity, SlotSecret fresh) {
        MintedKey key = minted.get(identity);
        return key == null ? fresh : key.secret();
    }

    private void make(BucketPlan plan, List<SlotSecret> secrets) {
        Outcome outcome = applier.apply(plan, secrets);
        if (outcome instanceof Outcome.Done) {
            return;
        }
        if (outcome.findings().stream().anyMatch(finding -> finding.reason() == Reason.KeySettling)) {
            throw new StoreException(
                    StoreException.StoreFailure.NotYet, "Escape", "goes on with the key of the last trial");
        }
        throw new StoreException(
                StoreException.StoreFailure.Rejected, "Escape", "a bucket to try it with could not be made");
    }

    private BucketPlan plan(TenantIdentity identity, Set<Slot> live, boolean closed) {
        return ObjectStorePlanner.plan(
                identity,
                new ValidObjectStore(
                        ObjectStoreRequest.defaults(),
                        connection.store(),
                        ObjectStoreSpec.Driver.valueOf(kind.name()),
                        connection.endpoint().toString(),
                        connection.region(),
                        connection.tls(),
                        connection.caCertificates(),
                        null,
                        NONCURRENT_DAYS,
                        null),
                driver.capabilities(),
                keys(identity),
                live,
                closed);
    }

    private StoreKeys keys(TenantIdentity identity) {
        StoreKeys keys = kind.keys(identity);
        MintedKey key = minted.get(identity);
        return key == null ? keys : key.among(keys);
    }

    private EscapeSuite.Scene scene(TenantIdentity attacker, TenantIdentity victim, SlotSecret secret) {
        return new EscapeSuite.Scene(
                connection.endpoint(),
                connection.sockets(),
                connection.region(),
                new AccessKey(connection.accessKeyId(), connection.secretAccessKey()),
                new AccessKey(
                        keys(attacker).of(secret.slot()).accessKeyId(),
                        secret(attacker, secret).secret()),
                attacker.bucket(),
                victim.bucket(),
                () -> remake(attacker, () -> makeFor(attacker, secret)),
                () -> remake(victim, () -> make(plan(victim, Set.of(), false), List.of())));
    }

    /** The same for one ObjectStore and account each time, and nobody's: a Tenant's identity is random. */
    static TenantIdentity scratch(StoreConnection connection, String role) {
        String name = "escape\n" + role + "\n" + connection.installation();
        return new TenantIdentity(
                UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString());
    }

    /** What a report says of the server, as a capability. */
    static SeenFeature seen(EscapeReport report) {
        List<CarrierFinding> through = report.with(CarrierResult.THROUGH);
        List<CarrierFinding> unclear = report.with(CarrierResult.UNCLEAR);
        if (!through.isEmpty()) {
            return new SeenFeature(false, "got out of a bucket by " + carriers(through));
        }
        return unclear.isEmpty()
                ? new SeenFeature(true, "tried by " + report.found().size() + " kinds of names, none got out")
                : new SeenFeature(
                        false,
                        "not shown for " + carriers(unclear) + " ("
                                + unclear.getFirst().detail() + ")");
    }

    private static String carriers(List<CarrierFinding> findings) {
        return findings.stream().map(CarrierFinding::carrier).collect(Collectors.joining(", "));
    }
}
