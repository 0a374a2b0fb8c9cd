package dev.bulkhead.e2e.bench;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.objectstore.BucketChange;
import dev.bulkhead.operator.objectstore.BucketPlan;
import dev.bulkhead.operator.objectstore.SlotSecret;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/**
 * Every write the operator makes for one tenant, prepared so that nothing but requests is left to do.
 *
 * @param tenant what a user applies
 * @param finalizer what the operator adds to it first
 * @param stages objects to create, those of one stage side by side: the key ring, the namespaces, the operator's own
 *     bindings
 * @param closing quota, limits, ServiceAccounts and network policies, side by side with database and bucket
 * @param afterwards more stages: people, Secrets, workflows, cards
 * @param sql statements of one transaction
 * @param bucket whose name and settings the changes are about
 * @param bucketChanges in their order
 * @param bucketKey the secret of the key that one of the changes issues
 * @param status the last write
 */
record ReplayTenant(
        Tenant tenant,
        Tenant finalizer,
        List<List<HasMetadata>> stages,
        List<HasMetadata> closing,
        List<List<HasMetadata>> afterwards,
        String sql,
        BucketPlan bucket,
        List<BucketChange> bucketChanges,
        SlotSecret bucketKey,
        Tenant status) {
    ReplayTenant {
        stages = List.copyOf(stages);
        closing = List.copyOf(closing);
        afterwards = List.copyOf(afterwards);
        bucketChanges = List.copyOf(bucketChanges);
    }
}
