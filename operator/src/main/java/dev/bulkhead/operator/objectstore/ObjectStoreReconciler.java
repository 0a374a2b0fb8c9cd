package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.operator.backend.BackendReconciler;
import dev.bulkhead.operator.backend.BackendRegistry;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;

/** Says in the status of ObjectStores how they are. */
@ControllerConfiguration(name = "objectstore")
public final class ObjectStoreReconciler extends BackendReconciler<ObjectStore, BucketPlan> {
    /** Wired by hand. */
    public ObjectStoreReconciler(BackendRegistry<ObjectStore, BucketPlan> registry, LookSurroundings surroundings) {
        super(registry, ObjectStore::new, surroundings);
    }
}
