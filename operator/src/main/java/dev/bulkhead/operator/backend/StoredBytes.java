package dev.bulkhead.operator.backend;

/**
 * How much a tenant has stored on one server or store.
 *
 * @param tenant name of the Tenant
 * @param backend name of the server or store
 */
public record StoredBytes(String tenant, String backend, OpenBackend.Stored bytes) {}
