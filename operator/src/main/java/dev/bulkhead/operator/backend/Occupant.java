package dev.bulkhead.operator.backend;

import dev.bulkhead.operator.identity.TenantIdentity;

/**
 * A tenant on a server or store.
 *
 * @param tenant name of the Tenant that holds the identity
 * @param backend name of the server or store
 */
public record Occupant(String tenant, TenantIdentity identity, String backend) {}
