package dev.bulkhead.operator.identity;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The parts of a tenant's compartment, in the order in which they are applied. The names stand in records and in the
 * status of Tombstones; one is never renamed.
 */
public enum PartId {
    /** Namespaces, marked and labelled, and the operator's own binding in them. */
    namespaces(false),
    /** Quota, limits and default ServiceAccount: before anybody may run anything. */
    limits(false),
    /** Network policies: before anybody may run anything. */
    network(false),
    /** Schema, roles and grants. */
    database(true),
    /** Bucket, key and policy. */
    objectStore(true),
    /** Role bindings of people: only now may anybody come in. */
    access(false),
    /** Secrets delivered into namespaces. */
    secrets(false),
    /** Workflow containers. */
    workflows(false),
    /** The ConfigMap that shows the result: last of all. */
    card(false);

    private final boolean backed;

    PartId(boolean backed) {
        this.backed = backed;
    }

    /** Whether it lies on a server or store of its own, with a place that is remembered and credentials in slots. */
    public boolean backed() {
        return backed;
    }

    /** What it is called where lower case is asked for, as in names of policies and of delivered Secrets. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    IllegalArgumentException unbacked() {
        return new IllegalArgumentException(this + " lies on no server");
    }

    /** An immutable copy in the order of the parts. */
    public static <V> Map<PartId, V> copyOf(Map<PartId, V> map) {
        Map<PartId, V> copy = new EnumMap<>(PartId.class);
        copy.putAll(map);
        return Collections.unmodifiableMap(copy);
    }
}
