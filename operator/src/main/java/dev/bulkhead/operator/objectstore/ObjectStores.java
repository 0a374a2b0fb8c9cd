package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.backend.BackendKind;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** S3 servers, as ObjectStores describe them. */
public final class ObjectStores implements BackendKind<ObjectStore, BucketPlan> {
    private static final String ID = "access-key-id";
    private static final String SECRET = "secret-access-key";
    private static final String CERTIFICATE = "tls.crt";
    private static final String CERTIFICATE_KEY = "tls.key";
    private static final String SIGNING_KEY = "filer-signing-key";

    private final ExternalCalls calls;
    private final ToIntFunction<String> tenants;
    private final TriedServers tried;
    private final Clock clock;
    private final MintedKeys minted;

    /**
     * Reports every request to {@code calls}.
     *
     * @param tenants how many Tenants live on a store of that name
     * @param tried what is known of servers, and will be
     * @param minted keeps keys that servers made
     */
    public ObjectStores(
            ExternalCalls calls, ToIntFunction<String> tenants, TriedServers tried, Clock clock, MintedKeys minted) {
        this.calls = calls;
        this.tenants = tenants;
        this.tried = tried;
        this.clock = clock;
        this.minted = minted;
    }

    @Override
    public String kind() {
        return "ObjectStore";
    }

    @Override
    public ExternalCalls.Backend metered() {
        return ExternalCalls.Backend.s3;
    }

    @Override
    public Reason unavailable() {
        return Reason.ObjectStoreUnavailable;
    }

    @Override
    public String adminSecret(ObjectStore store) {
        return store.getSpec().adminSecret().name();
    }

    @Override
    public Set<String> secretKeys(ObjectStore store) {
        return kind(store).asksForFilerAccess()
                ? Set.of(ID, SECRET, CERTIFICATE, CERTIFICATE_KEY, SIGNING_KEY)
                : Set.of(ID, SECRET);
    }

    @Override
    public Set<String> hosts(ObjectStore store) {
        return Stream.of(store.getSpec().endpoint(), store.getSpec().adminEndpoint())
                .flatMap(Stream::ofNullable)
                .map(ObjectStores::host)
                .collect(Collectors.toSet());
    }

    /** Host and port of an endpoint; all of it where it is none. */
    private static String host(String endpoint) {
        try {
            URI uri = new URI(endpoint);
            int usual = "http".equals(uri.getScheme()) ? 80 : 443;
            return uri.getHost() == null ? endpoint : uri.getHost() + ":" + (uri.getPort() < 0 ? usual : uri.getPort());
        } catch (URISyntaxException _) {
            return endpoint;
        }
    }

    @Override
    public String credential(TenantIdentity identity, Slot slot, KeyRing keys) {
        return MintedKey.held(identity, slot, keys).accessKeyId();
    }

    @Override
    public CredentialDelivery delivered() {
        return BucketSecret.CREDENTIAL;
    }

    @Override
    public List<String> deliverTo(TenantSpec spec) {
        return spec.objectStore().deliverTo();
    }

    @Override
    public boolean holds(BucketPlan plan) {
        return plan.made() && !plan.closed();
    }

    @Override
    public Object address(ObjectStore store) {
        return store.getSpec();
    }

    @Override
    public BackendOpening<BucketPlan> open(ObjectStore store, Map<String, byte[]> account) {
        String name = store.getMetadata().getName();
        try {
            StoreConnection connection = connection(store, account)
                    .as(Objects.requireNonNullElse(store.getMetadata().getUid(), ""));
            StoreKind kind = kind(store);
            ObjectStoreDriver driver = kind.open(connection, calls);
            return new BackendOpening.Opened<>(new OpenObjectStore(
                    connection,
                    driver,
                    tenants,
                    new KeyTrials(calls),
                    new InternalEndpoints(store.getSpec().internalEndpoints()),
                    new BucketsApartWatch(
                            new BucketsApart(connection, kind, driver, calls, clock), tried.of(connection), clock),
                    new BucketSizes(name, driver::size, Thread::startVirtualThread, clock),
                    minted));
        } catch (StoreException e) {
            return new BackendOpening.Failed<>(e.finding(name));
        }
    }

    private static StoreConnection connection(ObjectStore store, Map<String, byte[]> account) {
        StoreConnection connection = StoreConnection.of(
                store.getMetadata().getName(), store.getSpec(), text(account, ID), text(account, SECRET));
        return kind(store).asksForFilerAccess()
                ? connection.with(new FilerAccess(
                        text(account, CERTIFICATE), text(account, CERTIFICATE_KEY), text(account, SIGNING_KEY)))
                : connection;
    }

    private static StoreKind kind(ObjectStore store) {
        return StoreKind.of(store.getSpec().driver());
    }

    private static String text(Map<String, byte[]> data, String key) {
        return new String(data.getOrDefault(key, new byte[0]), StandardCharsets.UTF_8);
    }
}
