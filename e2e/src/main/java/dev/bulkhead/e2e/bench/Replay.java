package dev.bulkhead.e2e.bench;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.kube.Parallel;
import dev.bulkhead.operator.objectstore.BucketChange;
import dev.bulkhead.operator.objectstore.ObjectStoreDriver;
import dev.bulkhead.operator.objectstore.StoreException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends prepared writes as fast as it can: so many tenants at once, the independent writes of one tenant side by side,
 * no reads, no comparison, no watch. A write that needs another one waits for it, as it has to for anybody.
 */
final class Replay implements AutoCloseable {
    private static final String MANAGER = "bulkhead";
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(MANAGER)
            .withForce(true)
            .build();
    /** A new binding takes a moment to reach the API server's authorizer. */
    private static final Duration AUTHORIZER_LAG = Duration.ofSeconds(3);

    private static final int MOST_TRIES = 5;

    private final KubernetesClient admin;
    private final KubernetesClient operator;
    private final Connection database;
    private final ObjectStoreDriver store;
    private final ExternalCalls calls;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Parallel parallel = new Parallel(threads);
    /** Two transactions at once would both rewrite the row of the database's grants, and one of them would fail. */
    private final ReentrantLock writing = new ReentrantLock();

    /**
     * Owns what it is given but {@code admin}.
     *
     * @param operator with the operator's token, its requests told to {@code calls}
     * @param database one connection as the operator's role
     * @param store its requests told to {@code calls}
     */
    Replay(
            KubernetesClient admin,
            KubernetesClient operator,
            Connection database,
            ObjectStoreDriver store,
            ExternalCalls calls) {
        this.admin = admin;
        this.operator = operator;
        this.database = database;
        this.store = store;
        this.calls = calls;
    }

    /** Writes all tenants, so many at a time; returns how long it took. */
    Duration run(List<ReplayTenant> tenants, int atOnce) {
        long start = System.nanoTime();
        try (ExecutorService loop =
                Executors.newFixedThreadPool(atOnce, Thread.ofVirtual().factory())) {
            List<Future<?>> all = new ArrayList<>();
            tenants.forEach(tenant -> all.add(loop.submit(() -> write(tenant))));
            all.forEach(Parallel::join);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void write(ReplayTenant tenant) {
        admin.resource(tenant.tenant()).create();
        operator.resource(tenant.finalizer()).patch(APPLY);
        tenant.stages().forEach(this::create);
        Future<Boolean> sql = parallel.start(() -> transaction(tenant.sql()));
        Future<Boolean> bucket = parallel.start(() -> bucket(tenant));
        create(tenant.closing());
        Parallel.join(sql);
        Parallel.join(bucket);
        tenant.afterwards().forEach(this::create);
        operator.resource(tenant.status()).subresource("status").patch(APPLY);
    }

    private void create(List<HasMetadata> objects) {
        parallel.map(objects, this::create);
    }

    private boolean create(HasMetadata object) {
        long deadline = System.nanoTime() + AUTHORIZER_LAG.toNanos();
        for (long pause = 20; ; pause = Math.min(pause * 2, 400)) {
            try {
                operator.resource(object).create();
                return true;
            } catch (KubernetesClientException e) {
                if (e.getCode() == 409) {
                    operator.resource(object).update(); // the controller manager's default ServiceAccount
                    return true;
                }
                if (e.getCode() != 403 || System.nanoTime() > deadline) {
                    throw e;
                }
                sleep(pause);
            }
        }
    }

    private boolean transaction(String sql) throws SQLException {
        writing.lock();
        try (Statement statement = database.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
            calls.after(ExternalCalls.Backend.postgresql, ExternalCalls.Verb.write, "WRITE", "ok");
            database.commit();
            calls.after(ExternalCalls.Backend.postgresql, ExternalCalls.Verb.write, "COMMIT", "ok");
            return true;
        } finally {
            writing.unlock();
        }
    }

    private boolean bucket(ReplayTenant tenant) {
        for (BucketChange change : tenant.bucketChanges()) {
            switch (change) {
                case BucketChange.Setting setting -> change(tenant, setting);
                case BucketChange.IssueKey _ -> store.issueKey(tenant.bucket(), tenant.bucketKey());
                case BucketChange.RevokeKey revoke -> store.revokeKey(tenant.bucket(), revoke.slot());
            }
        }
        return true;
    }

    /** A busy SeaweedFS says now and then of a bucket just made that it is not there; the operator comes again, too. */
    private void change(ReplayTenant tenant, BucketChange.Setting setting) {
        for (int tries = 1; ; tries++) {
            try {
                store.change(tenant.bucket(), setting);
                return;
            } catch (StoreException e) {
                if (e.failure() != StoreException.StoreFailure.Missing || tries == MOST_TRIES) {
                    throw e;
                }
                sleep(50);
            }
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("interrupted", e);
        }
    }

    @Override
    public void close() throws SQLException {
        threads.close();
        store.close();
        operator.close();
        database.close();
    }
}
