package dev.bulkhead.operator.compartment;

import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.Homes;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.part.ControlVerdict;
import dev.bulkhead.operator.part.Part;
import dev.bulkhead.operator.part.PlanText;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a tenant is to have, part by part, in the order in which it is applied. Holds no secret.
 *
 * @param state what was read before it was planned
 */
public record TenantPlan(ValidTenant tenant, Prepared state, List<PlannedPart<?>> parts) {
    /** Makes the list immutable. */
    public TenantPlan {
        parts = List.copyOf(parts);
    }

    /** A part and its plan: whoever plans a part has what applies it in the same hand. */
    public record PlannedPart<P>(Part<P> part, P plan) {
        static <P> PlannedPart<P> of(Part<P> part, ValidTenant tenant, Prepared state) {
            return new PlannedPart<>(part, part.plan(tenant, state));
        }

        PartId id() {
            return part.id();
        }

        List<Outcome> revoke(Work work) {
            return part.revoke(plan, work);
        }

        List<Outcome> apply(Work work) {
            return part.apply(plan, work);
        }

        Optional<Home> home() {
            return part.home(plan);
        }

        void text(PlanText text) {
            part.text(plan, text);
        }
    }

    /** The plan of one part, by its type. */
    public <P> P of(Class<P> type) {
        return parts.stream()
                .map(PlannedPart::plan)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no part has such a plan: " + type));
    }

    /** Where its data is at home. */
    public Homes homes() {
        Map<PartId, Home> homes = new EnumMap<>(PartId.class);
        parts.forEach(p -> p.home().ifPresent(home -> homes.put(p.id(), home)));
        return new Homes(homes);
    }

    /** What is to be said of the controls, in the order of the parts. */
    public List<ControlVerdict> verdicts(Applied applied) {
        return parts.stream()
                .flatMap(p -> p.part().verdicts(tenant, state, applied.of(p.id())).stream())
                .toList();
    }

    /** What is left open even when all is as planned. */
    public List<ResidualRisk> risks() {
        return parts.stream()
                .flatMap(p -> p.part().risks(tenant, state).stream())
                .toList();
    }

    /** For people and machines to review. */
    public PlanText text() {
        PlanText text = new PlanText(tenant.name(), tenant.identity().value());
        parts.forEach(p -> p.text(text));
        return text;
    }
}
