package dev.bulkhead.operator.delivery;

import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.identity.GivenSecret;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.ControlVerdict;
import dev.bulkhead.operator.part.Delivering;
import dev.bulkhead.operator.part.Made;
import dev.bulkhead.operator.part.Part;
import dev.bulkhead.operator.part.PlanText;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.secret.DeliveredSecrets;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.secret.SecretContents;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The Secrets that the operator delivers: each once the part it tells of is in place, and nowhere unasked. */
public final class SecretsPart implements Part<SecretsPart.Plan> {
    private final List<Delivering> sources;

    /** @param sources the parts that have something to deliver */
    public SecretsPart(List<Delivering> sources) {
        this.sources = List.copyOf(sources);
    }

    /**
     * The Secrets.
     *
     * @param unasked where none of ours is to lie under a name that we deliver under
     */
    public record Plan(List<Delivery> deliveries, List<GivenSecret> unasked) {
        /** Makes lists immutable. */
        public Plan {
            deliveries = List.copyOf(deliveries);
            unasked = List.copyOf(unasked);
        }
    }

    /**
     * One Secret in one namespace.
     *
     * @param source the part it tells of
     */
    public record Delivery(PartId source, GivenSecret where, PlannedSecret secret) {}

    @Override
    public PartId id() {
        return PartId.secrets;
    }

    @Override
    public Plan plan(ValidTenant tenant, Prepared state) {
        List<Delivery> deliveries = new ArrayList<>();
        List<GivenSecret> unasked = new ArrayList<>();
        for (Delivering source : sources) {
            List<PlannedSecret> secrets = source.secrets(tenant, state);
            for (ValidTenant.Share share : tenant.namespaces()) {
                TenantNamespace namespace = share.namespace();
                GivenSecret where = new GivenSecret(namespace, source.secretName());
                List<PlannedSecret> here = secrets.stream()
                        .filter(secret -> secret.namespace().equals(namespace.fullName()))
                        .toList();
                here.forEach(secret -> deliveries.add(new Delivery(source.id(), where, secret)));
                if (here.isEmpty()) {
                    unasked.add(where);
                }
            }
        }
        return new Plan(deliveries, unasked);
    }

    @Override
    public List<Outcome> revoke(Plan plan, Work work) {
        DeliveredSecrets secrets = work.tools().secrets();
        Set<String> there = work.tools().objects().ours(Namespace.class, work.identity()).stream()
                .map(n -> n.getMetadata().getName())
                .collect(Collectors.toSet());
        return work.tools()
                .parallel()
                .map(
                        // In a namespace that is not there yet nothing of ours can lie, and the operator has no right.
                        plan.unasked().stream()
                                .filter(s -> there.contains(s.namespace().fullName()))
                                .toList(),
                        s -> secrets.delete(s.namespace().fullName(), s.name(), work.identity()));
    }

    /** Notes the fingerprint of each Secret that is in place, for those who start with it. */
    @Override
    public List<Outcome> apply(Plan plan, Work work) {
        KeyRing ring = work.ring();
        List<Delivery> ready = plan.deliveries().stream()
                .filter(delivery -> work.so().done(delivery.source()))
                .toList();
        return work.tools().parallel().map(ready, delivery -> {
            Secret secret = SecretContents.fill(delivery.secret(), ring);
            Outcome outcome = work.tools().secrets().apply(secret, work.identity());
            if (outcome.done()) {
                work.given().put(delivery.where(), SecretContents.fingerprint(secret, ring));
            }
            return outcome;
        });
    }

    @Override
    public List<ControlVerdict> verdicts(ValidTenant tenant, Prepared state, Made made) {
        return List.of(ControlVerdict.of(Control.TI_SEC, made));
    }

    @Override
    public void text(Plan plan, PlanText text) {
        text.secrets(plan.deliveries().stream().map(Delivery::secret).toList());
    }
}
