package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.job.Advance;
import dev.bulkhead.operator.job.JobStep;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.rotation.ExchangePlanner.ExchangeStage;
import dev.bulkhead.operator.rotation.ExchangePlanner.Next;
import dev.bulkhead.operator.rotation.ExchangePlanner.Rules;
import dev.bulkhead.operator.secret.ChangeOver;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.TenantState;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One step in the exchange of a login or of a key: through once the record has come past it. */
final class CredentialStep implements JobStep {
    /** The steps, and the stage that each ends with. */
    enum Goal {
        New("a new one works", ExchangeStage.Switched),
        Delivered("delivered", ExchangeStage.Draining),
        ChangedOver("changed over", ExchangeStage.Shut),
        Refused("the old one is refused", ExchangeStage.Done);

        private final String words;
        private final ExchangeStage reached;

        Goal(String words, ExchangeStage reached) {
            this.words = words;
            this.reached = reached;
        }
    }

    private final Goal goal;
    private final CredentialExchange exchange;
    private final TenantRings tenant;
    private final CredentialWitness witness;
    private final KeyRingStore keyRings;
    private final Supplier<Rules> rules;
    private final Clock clock;

    /**
     * One step.
     *
     * @param rules as the profile says now
     */
    CredentialStep(
            Goal goal,
            CredentialExchange exchange,
            TenantRings tenant,
            CredentialWitness witness,
            KeyRingStore keyRings,
            Supplier<Rules> rules,
            Clock clock) {
        this.goal = goal;
        this.exchange = exchange;
        this.tenant = tenant;
        this.witness = witness;
        this.keyRings = keyRings;
        this.rules = rules;
        this.clock = clock;
    }

    @Override
    public String name() {
        return exchange.what() + ": " + goal.words;
    }

    @Override
    public Advance advance() {
        return tenant.with(this::advance);
    }

    private Advance advance(Tenant object, KeyRingStore.FoundRing.Open open) {
        ExchangeStage stage = stage(open.state());
        ChangeOver change = open.state().rotation().of(exchange.part()).orElse(null);
        boolean mine = change == null || change.by().equals(exchange.by());
        if (mine && stage.compareTo(goal.reached) >= 0) {
            return new Advance.Done(null);
        }
        if (stage == ExchangeStage.Idle) {
            Optional<Advance> refused = refused(object);
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        Next next = ExchangePlanner.next(
                stage,
                change == null ? null : change.oldUntil(),
                witness.look(stage, exchange.part(), object, open),
                rules.get(),
                clock.instant());
        if (next instanceof Next.Await await) {
            return new Advance.Waiting((mine ? "" : "finishes an earlier exchange: ") + await.message(), await.until());
        }
        write(TenantIdentity.of(object), stage, change, next);
        tenant.look();
        return new Advance.Waiting("written; waits for the tenant's pass", clock.instant());
    }

    /** One write, provided the exchange is still where it was when it was decided. */
    private void write(TenantIdentity identity, ExchangeStage stage, @Nullable ChangeOver change, Next next) {
        Instant now = clock.instant();
        KeyRingStore.FoundRing found = keyRings.change(
                identity,
                "exchange of " + exchange.what() + ": " + next.getClass().getSimpleName(),
                (ring, state) -> stage(state) == stage
                                && state.rotation().of(exchange.part()).equals(Optional.ofNullable(change))
                        ? exchange.changed(next, ring, state, keyRings::newCredential, now)
                        : Optional.empty());
        if (found instanceof KeyRingStore.FoundRing.Open open) {
            open.ring().close();
        }
    }

    private ExchangeStage stage(TenantState state) {
        return ExchangePlanner.stage(state, exchange.part(), exchange.what(), exchange.by());
    }

    /** A Tenant whose spec is refused is not begun with, but after a breach: then the old one has to go all the same. */
    private Optional<Advance> refused(Tenant object) {
        TenantStatus status = object.getStatus();
        boolean refused = CredentialWitness.isRefused(status);
        return refused && !rules.get().atOnce()
                ? Optional.of(new Advance.Failed(
                        Reason.InvalidSpec,
                        "Tenant " + object.getMetadata().getName() + " is refused as it is ("
                                + (status == null ? "" : status.phase())
                                + "); mend it first, see 'kubectl describe tenant "
                                + object.getMetadata().getName() + "'"))
                : Optional.empty();
    }
}
