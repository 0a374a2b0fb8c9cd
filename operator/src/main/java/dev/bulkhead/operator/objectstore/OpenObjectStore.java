package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.backend.OpenBackend;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.StoreCapabilities.SeenFeature;
import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.Purpose;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One S3 server that is open. */
final class OpenObjectStore implements OpenBackend<BucketPlan> {
    /** The operator's account has no other buckets of such names, see {@link TenantIdentity#bucket}. */
    private static final Pattern BUCKET = Pattern.compile("bh-([a-z2-7]{16})");

    private final StoreConnection connection;
    private final String name;
    private final ObjectStoreDriver driver;
    private final ObjectStoreApplier applier;
    private final ObjectStoreSweep sweep;
    private final ToIntFunction<String> tenants;
    private final KeyTrials trials;
    private final InternalEndpoints others;
    private final BucketsApartWatch apart;
    private final BucketSizes sizes;
    private volatile boolean othersOpen;

    OpenObjectStore(
            StoreConnection connection,
            ObjectStoreDriver driver,
            ToIntFunction<String> tenants,
            KeyTrials trials,
            InternalEndpoints others,
            BucketsApartWatch apart,
            BucketSizes sizes,
            MintedKeys minted) {
        this.others = others;
        this.connection = connection;
        this.name = connection.store();
        this.trials = trials;
        this.apart = apart;
        this.sizes = sizes;
        this.driver = driver;
        this.applier = new ObjectStoreApplier(driver, minted);
        this.sweep = new ObjectStoreSweep(driver, applier);
        this.tenants = tenants;
    }

    @Override
    public BackendLook look() {
        try {
            StoreCapabilities found = driver.capabilities().with(apart.look());
            List<Capability> told = new ArrayList<>();
            if (!others.none()) {
                InternalEndpoints.EndpointsLook looked = others.look();
                SeenFeature seen = looked.seen();
                found = looked.open() ? found.with(Map.of(StoreFeature.KeepsBucketsApart, seen)) : found;
                told.add(new Capability(InternalEndpoints.CAPABILITY, seen.available(), seen.message()));
                othersOpen = looked.open();
            }
            Finding flaw = stand() == BucketsApartWatch.Stand.NobodyNew
                    ? notApart(found.message(StoreFeature.KeepsBucketsApart))
                    : null;
            told.addAll(driver.remarks());
            told.addAll(found.toStatus());
            return new BackendLook.Seen(null, tenants.applyAsInt(name), List.of(), told, answers(found), flaw);
        } catch (StoreException e) {
            return new BackendLook.Unseen(e.finding(name));
        }
    }

    /** Nobody should take a store that answers for one that holds. */
    private static String answers(StoreCapabilities capabilities) {
        return capabilities.has(StoreFeature.KeepsBucketsApart)
                ? "the store answers"
                : "the store answers, but does not keep buckets apart: "
                        + capabilities.message(StoreFeature.KeepsBucketsApart);
    }

    private Finding notApart(String seen) {
        return new Finding(
                Reason.BucketsNotApart,
                "ObjectStore " + name,
                "does not keep buckets apart: " + seen + ". Keys that are there stay, no new one is made; move its"
                        + " tenants to a store that does");
    }

    @Override
    public Swept sweep(Map<TenantIdentity, BucketPlan> plans) {
        Swept swept = sweep.sweep(name, plans);
        if (driver.capabilities().has(StoreFeature.BucketSize)) {
            sizes.begin(plans.entrySet().stream()
                    .filter(tenant ->
                            isThere(tenant.getValue()) && !swept.gone().contains(tenant.getKey()))
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, tenant -> tenant.getValue().bucket())));
        }
        return swept;
    }

    /** Whether the tenant's bucket was made, by this process or before. */
    private boolean isThere(BucketPlan plan) {
        ObjectStoreApplier.AppliedBucket last = applier.last(plan.identity());
        return plan.made() || (last != null && !last.plan().closed());
    }

    @Override
    public Map<TenantIdentity, Stored> stored(Map<TenantIdentity, BucketPlan> plans) {
        Map<TenantIdentity, Stored> all = new HashMap<>();
        plans.forEach((identity, plan) -> {
            Long quota = plan.settings().quotaBytes();
            all.put(identity, new Stored(sizes.of(identity), quota == null || quota == 0 ? null : quota));
        });
        return all;
    }

    @Override
    public Outcome apply(BucketPlan plan, KeyRing keys) {
        try {
            BucketsApartWatch.Stand stand = stand();
            if (stand != BucketsApartWatch.Stand.Everybody && !plan.live().isEmpty() && !isIn(plan)) {
                return new Outcome.Waiting(new Finding(
                        Reason.BucketsNotApart,
                        "ObjectStore " + name,
                        stand == BucketsApartWatch.Stand.NobodyYet
                                ? "is tried first whether it keeps buckets apart; the key is made then, by itself"
                                : "does not keep buckets apart, so no new key is made there; its status says what was"
                                        + " seen. The key is made once it does; or use another store"));
            }
        } catch (StoreException e) {
            return new Outcome.Waiting(e.finding(name));
        }
        return applier.apply(
                plan, plan.live().stream().map(slot -> secret(keys, slot)).toList());
    }

    /** A part of the server that answers anybody leads around every bucket's policy, whatever S3 does. */
    private BucketsApartWatch.Stand stand() {
        return othersOpen ? BucketsApartWatch.Stand.NobodyNew : apart.stand();
    }

    /** Whether the tenant has a key there, as far as is remembered, else as the server says. */
    private boolean isIn(BucketPlan plan) {
        ObjectStoreApplier.AppliedBucket last = applier.last(plan.identity());
        return (last != null && !last.plan().live().isEmpty())
                || !driver.observeKeys(plan).isEmpty();
    }

    private static SlotSecret secret(KeyRing keys, Slot slot) {
        byte[] secret = keys.credential(Purpose.of(PartId.objectStore, slot)).orElseThrow();
        try {
            return new SlotSecret(slot, new String(secret, StandardCharsets.US_ASCII));
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    @Override
    public Admission admits(TenantIdentity identity, Place place, Slot slot, KeyRing keys) {
        return trials.of(
                connection,
                identity.bucket(),
                MintedKey.held(identity, slot, keys).accessKeyId(),
                secret(keys, slot).secret());
    }

    @Override
    public OptionalInt sessions(TenantIdentity identity, Place place, Slot slot) {
        return OptionalInt.empty();
    }

    @Override
    public Outcome shut(BucketPlan plan) {
        return applier.close(plan);
    }

    @Override
    public Outcome close(TenantIdentity identity, Place place) {
        try {
            return applier.close(ObjectStorePlanner.closing(identity, name, driver.capabilities()));
        } catch (StoreException e) {
            return new Outcome.Waiting(e.finding(name));
        }
    }

    @Override
    public List<Marked> marked() {
        return sweep.names().stream()
                .map(BUCKET::matcher)
                .filter(Matcher::matches)
                .map(bucket -> new Marked(bucket.group(1), bucket.group(), null))
                .toList();
    }

    @Override
    public void forget(TenantIdentity identity) {
        applier.forget(identity);
        sizes.forget(identity);
    }

    @Override
    public void close() {
        driver.close();
    }
}
