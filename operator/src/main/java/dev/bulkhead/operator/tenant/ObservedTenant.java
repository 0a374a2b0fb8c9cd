package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.identity.GivenSecret;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.TenantState;
import dev.bulkhead.operator.validate.Surroundings;
import dev.bulkhead.operator.validate.TenantValidator;
import dev.bulkhead.operator.validate.Validation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was found around one Tenant.
 *
 * @param surroundings for the validator
 * @param ring the tenant's keys; closed with this record
 * @param sealed fingerprints of the Secrets the tenant sealed itself
 * @param inTheWay what forbids to touch anything for this Tenant
 * @param untouched whether nothing was ever made for this Tenant, as far as the cluster knows; false where that is not sure
 */
record ObservedTenant(
        TenantIdentity identity,
        Surroundings surroundings,
        KeyRingStore.FoundRing ring,
        Map<GivenSecret, String> sealed,
        List<Finding> inTheWay,
        boolean untouched)
        implements AutoCloseable {
    ObservedTenant {
        sealed = Map.copyOf(sealed);
        inTheWay = List.copyOf(inTheWay);
    }

    /** What the Tenant asks for, unless something is in the way of all of it. */
    Validation validated(Tenant tenant) {
        return inTheWay.isEmpty() ? TenantValidator.validate(tenant, surroundings) : new Validation.Invalid(inTheWay);
    }

    /** The record on the key ring; null when it is not at hand. */
    @Nullable
    TenantState state() {
        return ring instanceof KeyRingStore.FoundRing.Open open ? open.state() : null;
    }

    /** Whether something there is of another identity: then nothing of this tenant's name may be touched. */
    boolean foreign() {
        return inTheWay.stream().anyMatch(f -> f.reason() == Reason.FormerIdentity);
    }

    @Override
    public void close() {
        if (ring instanceof KeyRingStore.FoundRing.Open open) {
            open.ring().close();
        }
    }
}
