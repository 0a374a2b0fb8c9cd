package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Data of a former Tenant of the same name, which a new one would otherwise leave behind without a word: it would be
 * Ready, and empty. Pure.
 */
final class FormerData {
    /** Annotation of a new Tenant: identities whose data it knowingly leaves where it is, separated by commas. */
    static final String LEAVE = "bulkhead.dev/leave-former-data";

    private FormerData() {}

    /**
     * Why a Tenant of which nothing was made yet may not begin; empty when it may.
     *
     * @param stones of former Tenants of its name
     */
    static Optional<Finding> of(Tenant tenant, TenantIdentity identity, List<Tombstone> stones) {
        return stones.stream()
                .filter(stone -> isKept(stone) && !stone.getMetadata().getName().equals(identity.value()))
                .filter(stone -> !leaves(tenant, stone.getMetadata().getName()))
                .min(Comparator.comparing(stone -> stone.getMetadata().getName()))
                .map(stone -> finding(tenant, stone.getMetadata().getName()));
    }

    private static boolean isKept(Tombstone stone) {
        TombstoneStatus status = stone.getStatus();
        return status != null
                && (status.phase() == TombstoneStatus.TombstonePhase.Retained
                        || status.phase() == TombstoneStatus.TombstonePhase.Closing);
    }

    private static boolean leaves(Tenant tenant, String former) {
        Map<String, String> annotations = tenant.getMetadata().getAnnotations();
        String left = annotations == null ? null : annotations.get(LEAVE);
        return left != null
                && Arrays.stream(left.split(",", -1)).map(String::strip).anyMatch(former::equals);
    }

    private static Finding finding(Tenant tenant, String former) {
        return new Finding(
                Reason.FormerIdentity,
                "Tombstone " + former,
                "a former Tenant of this name left its data; to take it over, re-create the Tenant with spec.adopt: "
                        + former + "; to begin without it, and leave it where it is: kubectl annotate tenant "
                        + tenant.getMetadata().getName() + " --overwrite " + LEAVE + "=" + former
                        + "; else choose another name");
    }
}
