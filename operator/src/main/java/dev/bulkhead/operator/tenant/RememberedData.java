package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.compartment.TenantPlan;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ApiErrors;
import dev.bulkhead.operator.kube.TenantEvents;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.TenantState;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers on a tenant's key ring whose data was made, is gone, and was given up. See ADR 12. */
public final class RememberedData {
    private static final Logger LOG = LoggerFactory.getLogger(RememberedData.class);

    private final KeyRingStore keyRings;
    private final TenantEvents events;
    private final Clock clock;

    /** Wired by hand. */
    public RememberedData(KeyRingStore keyRings, TenantEvents events, Clock clock) {
        this.keyRings = keyRings;
        this.events = events;
        this.clock = clock;
    }

    /** Remembers what a pass brought before anything is said of it; writes nothing when that is no news. */
    Applied after(Tenant object, TenantPlan plan, TenantState state, Applied applied) {
        TenantIdentity identity = plan.tenant().identity();
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        DataLoss news = DataLoss.of(
                plan.tenant().name(),
                identity,
                state,
                applied,
                plan.tenant().suspended(),
                annotations == null ? null : annotations.get(DataLoss.ACCEPT),
                clock.instant());
        if (news.state().equals(state)) {
            return news.applied();
        }
        String subject = keyRings.subject(identity);
        Outcome written = new ApiErrors()
                .guard(
                        subject,
                        () -> keyRings.remember(identity, state, news.state())
                                ? new Outcome.Done(1)
                                : new Outcome.Waiting(new Finding(
                                        Reason.WaitingFor,
                                        subject,
                                        "was written by another meanwhile; tried again by itself")));
        if (!written.done()) {
            return applied.and(changed(state, news.state()), List.of(written));
        }
        news.givenUp().forEach(loss -> {
            LOG.atInfo()
                    .addKeyValue("tenant", plan.tenant().name())
                    .addKeyValue("loss", loss)
                    .log("data loss accepted; the part is made anew");
            events.publish(
                    object, true, Reason.DataGone.name(), "The loss " + loss + " was accepted; the part is made anew.");
        });
        return news.applied();
    }

    private static PartId changed(TenantState before, TenantState now) {
        return now.parts().entrySet().stream()
                .filter(part -> !part.getValue().equals(before.parts().get(part.getKey())))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }
}
