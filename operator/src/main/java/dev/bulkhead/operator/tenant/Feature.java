package dev.bulkhead.operator.tenant;

/** The parts of a tenant's compartment, in the order in which they are applied. */
public enum Feature {
    /** Tenant key, sealing key, first credentials: before anything they protect. */
    keys,
    /** Namespaces, marked and labelled, and the operator's own binding in them. */
    namespaces,
    /** Quota, limits and default ServiceAccount: before anybody may run anything. */
    limits,
    /** Network policies: before anybody may run anything. */
    network,
    /** Schema, roles and grants. */
    database,
    /** Bucket, key and policy. */
    objectStore,
    /** Role bindings of people: only now may anybody come in. */
    access,
    /** Secrets delivered into namespaces. */
    secrets,
    /** Workflow containers: last of all. */
    workflows
}
