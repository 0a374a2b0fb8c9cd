package dev.bulkhead.operator.identity;

/**
 * A namespace of a tenant. Neither half contains {@code --}, so two tenants can never name the same namespace.
 *
 * @param tenant name of the Tenant
 * @param name the tenant's own name for it
 */
public record TenantNamespace(String tenant, String name) implements Comparable<TenantNamespace> {
    /** Refuses halves that could make two tenants collide. */
    public TenantNamespace {
        if (tenant.isEmpty() || name.isEmpty() || tenant.contains("--") || name.contains("--")) {
            throw new IllegalArgumentException("neither half of a tenant namespace may be empty or contain '--'");
        }
    }

    /** The name in the cluster, {@code <tenant>--<name>}, at most 63 characters. */
    public String fullName() {
        return tenant + "--" + name;
    }

    @Override
    public int compareTo(TenantNamespace other) {
        return fullName().compareTo(other.fullName());
    }

    @Override
    public String toString() {
        return fullName();
    }
}
