package dev.bulkhead.operator.part;

import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One part of a tenant's compartment: one in each room. {@link #plan}, {@link #verdicts}, {@link #risks} and {@link #text}
 * are pure; the others act, may be repeated from any point, end in bounded time, and answer with outcomes instead of
 * exceptions. In which order parts come, and what holds back what, is said in one place for all of them.
 *
 * @param <P> all that a tenant is to have of it: a value; two equal plans ask for the same world
 */
public interface Part<P> {
    /** Its name. */
    PartId id();

    /**
     * What somebody else gives to it, read before planning; empty where nobody does.
     *
     * @param ring the tenant's keys; null while they are not at hand
     */
    default Optional<Supply> supply(ValidTenant tenant, Slots slots, @Nullable KeyRing ring) {
        return Optional.empty();
    }

    /** From a valid tenant to its plan. Pure. */
    P plan(ValidTenant tenant, Prepared state);

    /**
     * Takes away what the plan does not give any more. Comes before all that is given, waits for nothing, and needs no
     * key ring: for a suspended tenant it is all that closes it.
     */
    default List<Outcome> revoke(P plan, Work work) {
        return List.of();
    }

    /** Brings the world to the plan. */
    List<Outcome> apply(P plan, Work work);

    /** Closes what a tenant has that goes or that nobody can plan for any more; data stays. Needs no plan. */
    default List<Outcome> close(TenantIdentity identity, Placement placement, Tools tools) {
        return List.of();
    }

    /** Where the plan has its data at home; empty for a part that has none outside the cluster. Pure. */
    default Optional<Home> home(P plan) {
        return Optional.empty();
    }

    /** What is to be said of the controls that rest on it, from what came of applying it. Pure. */
    default List<ControlVerdict> verdicts(ValidTenant tenant, Prepared state, Made made) {
        return List.of();
    }

    /** What it leaves open even when all is as planned. Pure. */
    default List<ResidualRisk> risks(ValidTenant tenant, Prepared state) {
        return List.of();
    }

    /** Writes the plan for people to review; what is only known once the tenant lives stands in angle brackets. Pure. */
    void text(P plan, PlanText text);
}
