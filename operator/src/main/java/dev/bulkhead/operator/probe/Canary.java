package dev.bulkhead.operator.probe;

/** The two permanent tenants that nobody's data is in: attacks that write something happen between them. */
public final class Canary {
    /** Profile of the canary tenants; the first two Tenants of it, by name, are taken. */
    public static final String PROFILE = "bulkhead-canary";

    /** Label of what the prober makes in their namespaces; whatever carries it may be deleted at any time. */
    public static final String MARK = "bulkhead.dev/canary";

    private Canary() {}
}
