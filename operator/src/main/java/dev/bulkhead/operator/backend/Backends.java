package dev.bulkhead.operator.backend;

import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;

/**
 * All servers, or all stores, of one kind, as the part of a tenant that lies on one uses them. Nothing here waits for a
 * server to be looked at; every call ends in bounded time, also when the server is gone.
 *
 * @param <P> what a tenant is to have on one
 */
public interface Backends<P> {
    /** Brings what a tenant has there to the plan; credentials come from its keys. */
    Outcome apply(Occupant who, P plan, KeyRing keys);

    /** Closes what a tenant has there as its plan says; data stays. */
    Outcome shut(Occupant who, P plan);

    /** Has a tenant wait for a server that nobody could ask yet; it is told once somebody could. */
    Outcome await(Occupant who);

    /** Closes what a tenant has at a place, whether or not anybody can plan for it; data stays. */
    Outcome close(TenantIdentity identity, Place place);

    /** What is known of one. */
    BackendView view(String backend);

    /** Forgets a tenant that is closed or gone: should its identity come back, everything is looked at anew. */
    void forget(TenantIdentity identity);

    /** Forgets a Tenant that is gone; one that only claimed the identity of another leaves that other's plan. */
    void forget(TenantIdentity identity, String tenant);

    /** None at all: for plans that are only read. */
    static <P> Backends<P> none() {
        return new Backends<>() {
            @Override
            public Outcome apply(Occupant who, P plan, KeyRing keys) {
                return await(who);
            }

            @Override
            public Outcome shut(Occupant who, P plan) {
                return await(who);
            }

            @Override
            public Outcome await(Occupant who) {
                return new Outcome.Waiting(new Finding(Reason.WaitingFor, who.backend(), "is not connected"));
            }

            @Override
            public Outcome close(TenantIdentity identity, Place place) {
                return new Outcome.Waiting(new Finding(Reason.WaitingFor, place.backend(), "is not connected"));
            }

            @Override
            public BackendView view(String backend) {
                return BackendView.UNKNOWN;
            }

            @Override
            public void forget(TenantIdentity identity) {}

            @Override
            public void forget(TenantIdentity identity, String tenant) {}
        };
    }
}
