package dev.bulkhead.operator.probe.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.objectstore.StoreConnection;
import dev.bulkhead.operator.objectstore.StoreGate;
import dev.bulkhead.operator.probe.Probe;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Tries to get into other tenants' buckets with a tenant's own key, to loosen the tenant's own bucket with it, to
 * make itself keys and rights, and to get into the tenant's bucket without a key. Requests go one after the other; each tenant's bucket holds one small permanent object,
 * put there once with the tenant's own key, and nothing else is ever left.
 */
public final class ObjectStoreProbe implements Probe, AutoCloseable {
    private final LentKeys keys;
    private final int subjectsAtOnce;
    private final ExternalCalls calls;
    private final Map<String, Store> stores = new ConcurrentHashMap<>();

    /**
     * A probe.
     *
     * @param subjectsAtOnce tenants that are tested at once on one server, and with that the requests at once
     * @param calls sees every request
     */
    public ObjectStoreProbe(LentKeys keys, int subjectsAtOnce, ExternalCalls calls) {
        this.keys = keys;
        this.subjectsAtOnce = subjectsAtOnce;
        this.calls = calls;
    }

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_OBJ);
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        Home home = self.homes().of(PartId.objectStore).orElse(null);
        Optional<StoreConnection> own = home == null ? Optional.empty() : keys.of(self);
        if (home == null || own.isEmpty()) {
            return List.of(unclear(self, new StoreAnswer(Ending.Broken, "no key is delivered")));
        }
        StoreConnection connection = own.get();
        try {
            InetAddress.getByName(connection.endpoint().getHost());
        } catch (UnknownHostException e) {
            return List.of(unclear(self, new StoreAnswer(Ending.NameNotFound, "the host name does not resolve")));
        }
        Store store = stores.computeIfAbsent(
                connection.endpoint().toString(),
                _ -> new Store(
                        new Semaphore(subjectsAtOnce, true),
                        new StoreGate(subjectsAtOnce, connection.limits().call(), calls)));
        store.seats().acquire();
        try (BucketAttacker attacker = new BucketAttacker(store.gate(), connection, self, home.name())) {
            List<Trial> trials =
                    new ArrayList<>(attacker.attack(others, home.place().backend(), keys));
            trials.addAll(PowersTried.by(self, connection, home.name(), calls));
            return trials;
        } finally {
            store.seats().release();
        }
    }

    /** Cuts off what is under way. */
    @Override
    public void close() {
        stores.values().forEach(store -> store.gate().close());
    }

    /** Everything that is missing, as one trial that says why. */
    static Trial unclear(Subject self, StoreAnswer why) {
        return new Trial(
                Control.TI_OBJ,
                "acts with the tenant's own key",
                Trial.TrialKind.BreakOut,
                Attempt.broken(actor(self), "other tenants' buckets", "not tried"),
                why.by(actor(self), "its own bucket"));
    }

    static String actor(Subject self) {
        return "object store key of " + self.tenant();
    }

    private record Store(Semaphore seats, StoreGate gate) {}
}
