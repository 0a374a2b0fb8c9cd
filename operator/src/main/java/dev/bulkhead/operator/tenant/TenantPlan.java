package dev.bulkhead.operator.tenant;

import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.objectstore.BucketPlan;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;

/**
 * All that a tenant is to have, in the order in which it is made. Two equal plans ask for the same world, and there is
 * no secret in it.
 *
 * @param namespaces first of all
 * @param operatorBindings what lets the operator write into them
 * @param limits quota, limits, and the ServiceAccounts that no workflow runs as
 * @param policies network policies
 * @param schema the compartment in PostgreSQL
 * @param storeAsked whether it is known what the object store can do; until then the bucket waits
 * @param bucket the compartment in the object store
 * @param people bindings of people and of what proves, once the above is in place
 * @param secrets what is delivered into the namespaces
 */
public record TenantPlan(
        ValidTenant tenant,
        List<Namespace> namespaces,
        List<RoleBinding> operatorBindings,
        List<HasMetadata> limits,
        List<NetworkPolicy> policies,
        SchemaPlan schema,
        boolean storeAsked,
        BucketPlan bucket,
        List<RoleBinding> people,
        List<PlannedSecret> secrets) {
    /** Makes lists immutable. */
    public TenantPlan {
        namespaces = List.copyOf(namespaces);
        operatorBindings = List.copyOf(operatorBindings);
        limits = List.copyOf(limits);
        policies = List.copyOf(policies);
        people = List.copyOf(people);
        secrets = List.copyOf(secrets);
    }
}
