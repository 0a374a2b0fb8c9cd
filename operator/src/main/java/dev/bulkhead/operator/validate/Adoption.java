package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.operator.outcome.Reason;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the identity that spec.adopt names.
 *
 * @param former its Tombstone, or null when there is none
 * @param holders names of other live Tenants that hold it
 */
public record Adoption(@Nullable Tombstone former, List<String> holders) {
    /** Nothing is adopted, or nothing is known of the identity. */
    public static final Adoption NONE = new Adoption(null, List.of());

    /** Makes the list immutable. */
    public Adoption {
        holders = List.copyOf(holders);
    }

    /** Finds out, from all Tombstones and all Tenants, what is known of the identity that a Tenant wants to adopt. */
    public static Adoption of(Tenant tenant, Collection<Tombstone> tombstones, Collection<Tenant> tenants) {
        String identity = tenant.getSpec() == null ? null : tenant.getSpec().adopt();
        if (identity == null) {
            return NONE;
        }
        Tombstone former = tombstones.stream()
                .filter(t -> identity.equals(t.getMetadata().getName()))
                .findFirst()
                .orElse(null);
        String name = tenant.getMetadata().getName();
        List<String> holders = tenants.stream()
                .filter(t -> !Objects.equals(name, t.getMetadata().getName()))
                .filter(t -> holds(t, identity, former))
                .map(t -> t.getMetadata().getName())
                .sorted()
                .toList();
        return new Adoption(former, holders);
    }

    /** Born with it, or entitled to it by its name. Who merely claims it does not keep the entitled one from it. */
    private static boolean holds(Tenant tenant, String identity, @Nullable Tombstone former) {
        boolean born = identity.equals(tenant.getMetadata().getUid())
                && (tenant.getSpec() == null || tenant.getSpec().adopt() == null);
        boolean adopted = tenant.getSpec() != null
                && identity.equals(tenant.getSpec().adopt())
                && former != null
                && Objects.equals(tenantOf(former), tenant.getMetadata().getName());
        return born || adopted;
    }

    private static @Nullable String tenantOf(Tombstone tombstone) {
        TombstoneStatus status = tombstone.getStatus();
        return status == null ? null : status.tenant();
    }

    void check(String tenant, @Nullable String identity, Findings findings) {
        if (identity == null) {
            return;
        }
        if (!Text.identity(identity)) {
            findings.add(
                    Reason.InvalidSpec,
                    "spec.adopt",
                    Quoted.of(identity) + " must be the identity of a former Tenant: its status.identity, or the name"
                            + " of its Tombstone");
            return;
        }
        if (!holders.isEmpty()) {
            findings.add(
                    Reason.AdoptionRefused,
                    "spec.adopt",
                    identity + " is the identity of the live Tenant " + String.join(", ", holders)
                            + "; nobody else can take it over");
        }
        if (former == null) {
            findings.add(
                    Reason.AdoptionRefused,
                    "spec.adopt",
                    "there is no Tombstone " + identity + "; create the Tenant without spec.adopt, or with the name of"
                            + " a Tombstone of the former Tenant; where that is lost, 'bulkhead keys import' with an export"
                            + " of its keys sets one");
        } else if (!tenant.equals(tenantOf(former))) {
            findings.add(
                    Reason.AdoptionRefused,
                    "spec.adopt",
                    identity + " belonged to Tenant " + Quoted.of(tenantOf(former))
                            + "; only a Tenant of that name can take it over");
        }
    }
}
