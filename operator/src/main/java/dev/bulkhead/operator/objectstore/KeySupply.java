package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.outcome.Outcome;

/** Where the keys of a tenant come from, and whether they are there. */
public sealed interface KeySupply {
    /** The keys, for {@link ObjectStorePlanner}. */
    StoreKeys keys();

    /** The operator makes them; their secrets lie in the tenant's key ring. */
    record Made(StoreKeys keys) implements KeySupply {}

    /** The platform's administrator supplied one; this is its secret, which goes into no plan. */
    record Supplied(StoreKeys keys, SlotSecret secret) implements KeySupply {}

    /**
     * The platform's administrator has to act first: until then nobody new is let in, and what was given before stays.
     *
     * @param outcome of the tenant's bucket; names the Secret and what it is to hold
     */
    record Withheld(StoreKeys keys, Outcome outcome) implements KeySupply {}
}
