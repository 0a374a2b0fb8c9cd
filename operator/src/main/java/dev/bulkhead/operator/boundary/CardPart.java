package dev.bulkhead.operator.boundary;

import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.Part;
import dev.bulkhead.operator.part.PlanText;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.SealingKey;
import dev.bulkhead.operator.part.ToldStanding;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The ConfigMap in each namespace that tells the tenant's people how it stands; written once the report says so. */
public final class CardPart implements Part<CardPart.Plan> {
    private static final ToldStanding LATER = new ToldStanding(
            TenantPhase.Provisioning, Isolation.Unknown, PlanText.LATER, PlanText.LATER, PlanText.LATER);

    /** Stateless. */
    public CardPart() {}

    /**
     * All of the cards but how the tenant stands.
     *
     * @param key null while the tenant's keys are not at hand: then there is no card to write
     */
    public record Plan(ValidTenant tenant, @Nullable SealingKey key) {
        /** The cards, once it is known how the tenant stands. */
        public List<ConfigMap> saying(ToldStanding standing) {
            return key == null ? List.of() : BoundaryPlanner.cards(tenant, key, standing);
        }
    }

    @Override
    public PartId id() {
        return PartId.card;
    }

    @Override
    public Plan plan(ValidTenant tenant, Prepared state) {
        return new Plan(tenant, state.sealing());
    }

    @Override
    public List<Outcome> apply(Plan plan, Work work) {
        return work.each(plan.saying(Objects.requireNonNull(work.standing(), "the report comes before the card")));
    }

    @Override
    public void text(Plan plan, PlanText text) {
        text.objects(plan.saying(LATER));
    }
}
