package dev.bulkhead.operator.access;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.Namespace;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Everybody who belongs to a tenant: its people, and what runs in its namespaces, also in those that a removed tenant
 * left. Nothing that the platform says makes one of them welcome at another tenant. Pure.
 */
@Pure
public final class Tenantry {
    /** Whoever there is, tenants' people and programs among them. */
    private static final Set<String> EVERYBODY =
            Set.of("system:authenticated", "system:unauthenticated", "system:serviceaccounts");

    /** People, and groups of people and of programs. */
    private final Set<Principal> members = new HashSet<>();

    private final Set<String> namespaces = new HashSet<>();

    /** Whose each namespace of the cluster is; empty for one that is no tenant's. */
    private final Map<String, String> identities = new HashMap<>();

    private Tenantry() {}

    /**
     * Of all these Tenants, whatever became of them: who was let in once may be there still.
     *
     * @param namespaces of the cluster; one with an identity is a tenant's, whether or not there is such a Tenant
     */
    public static Tenantry of(Collection<Tenant> tenants, Collection<Namespace> namespaces) {
        Tenantry all = new Tenantry();
        tenants.forEach(all::add);
        namespaces.forEach(namespace -> all.identities.put(
                namespace.getMetadata().getName(),
                Objects.requireNonNullElse(Marks.label(namespace, Marks.IDENTITY), "")));
        namespaces.stream()
                .filter(namespace -> Marks.label(namespace, Marks.IDENTITY) != null)
                .forEach(namespace -> all.add(namespace.getMetadata().getName()));
        return all;
    }

    private void add(Tenant tenant) {
        String name = tenant.getMetadata().getName();
        tenant.getSpec().namespaces().forEach(namespace -> add(name + "--" + namespace.name()));
        if (tenant.getStatus() != null) {
            tenant.getStatus().namespaces().forEach(namespace -> add(namespace.name()));
        }
        TenantSpec.People named = tenant.getSpec().people();
        if (named != null) {
            named.everybody().flatMap(Principal::of).forEach(members::add);
        }
    }

    private void add(String namespace) {
        namespaces.add(namespace);
        members.add(Principal.accountsOf(namespace));
    }

    /** Whether that namespace is or was a tenant's. */
    public boolean owns(String namespace) {
        return namespaces.contains(namespace);
    }

    /**
     * Whether it is a ServiceAccount of a namespace that the tenant no longer names and that is still its own, or of one that
     * would be, were it there: the tenant's admins may bind both.
     */
    public boolean left(Principal who, String tenant, TenantIdentity identity) {
        return who.kind() == Principal.PrincipalKind.ServiceAccount
                && who.namespace().startsWith(tenant + "--")
                && identities.getOrDefault(who.namespace(), identity.value()).equals(identity.value());
    }

    /** Whether it is somebody of a tenant, or a group in which tenants' people or programs are. */
    public boolean includes(Principal who) {
        return switch (who.kind()) {
            case ServiceAccount -> namespaces.contains(who.namespace());
            case User -> who.nobodyKnown() || members.contains(who);
            case Group -> EVERYBODY.contains(who.name()) || members.contains(who);
        };
    }
}
