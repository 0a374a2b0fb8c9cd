package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.operator.backend.BackendReconciler;
import dev.bulkhead.operator.backend.BackendRegistry;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import java.util.function.Consumer;

/** Says in the status of ObjectStores how they are. */
@ControllerConfiguration(name = "objectstore")
public final class ObjectStoreReconciler extends BackendReconciler<ObjectStore, BucketPlan> {
    /**
     * Wired by hand.
     *
     * @param shared is given the cache, for whoever else needs it
     */
    public ObjectStoreReconciler(
            BackendRegistry<ObjectStore, BucketPlan> registry,
            LookSurroundings surroundings,
            Consumer<IndexedResourceCache<ObjectStore>> shared) {
        super(registry, ObjectStore::new, surroundings, shared);
    }
}
