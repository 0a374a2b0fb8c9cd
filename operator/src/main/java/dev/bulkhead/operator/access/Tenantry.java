package dev.bulkhead.operator.access;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.Pure;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Everybody who belongs to a tenant: its people, and what runs in its namespaces. Nothing that the platform says makes
 * one of them welcome at another tenant. Pure.
 */
@Pure
public final class Tenantry {
    /** Whoever there is, tenants' people and programs among them. */
    private static final Set<String> EVERYBODY =
            Set.of("system:authenticated", "system:unauthenticated", "system:serviceaccounts");

    private final Set<Principal> people = new HashSet<>();
    private final Set<String> namespaces = new HashSet<>();

    private Tenantry() {}

    /** Of all these Tenants, whatever became of them: who was let in once may be there still. */
    public static Tenantry of(Collection<Tenant> tenants) {
        Tenantry all = new Tenantry();
        tenants.forEach(all::add);
        return all;
    }

    private void add(Tenant tenant) {
        String name = tenant.getMetadata().getName();
        tenant.getSpec().namespaces().forEach(namespace -> namespaces.add(name + "--" + namespace.name()));
        if (tenant.getStatus() != null) {
            tenant.getStatus().namespaces().forEach(namespace -> namespaces.add(namespace.name()));
        }
        TenantSpec.People named = tenant.getSpec().people();
        if (named != null) {
            named.everybody().flatMap(Principal::of).forEach(people::add);
        }
    }

    /** Whether it is somebody of a tenant, or a group in which tenants' people or programs are. */
    public boolean includes(Principal who) {
        return switch (who.kind()) {
            case ServiceAccount -> namespaces.contains(who.namespace());
            case User -> who.nobodyKnown() || people.contains(who);
            case Group ->
                EVERYBODY.contains(who.name())
                        || people.contains(who)
                        || namespaces.stream().anyMatch(who::runsIn);
        };
    }
}
