package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.access.BindingExpansion;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Who may do what by the API server's word: the answers to the questions of the access matrix, and every binding of the
 * cluster, which finds those that no question names. Nobody is impersonated and nothing is written.
 *
 * <p>It asks at most 74 reviews per tenant and round (with eight other tenants), four at a time; the bindings are four
 * lists, however many tenants read them.
 */
public final class ApiProbe implements Probe {
    private final AccessReviews reviews;
    private final Source<BindingExpansion> bindings;
    private final PlatformAccounts platform;
    private final Clock clock;
    private final RandomGenerator random;

    /**
     * Wired by hand.
     *
     * @param bindings all bindings as they are now, or a short while ago; may throw what the client throws
     * @param random draws whom to ask for, and where
     */
    public ApiProbe(
            AccessReviews reviews,
            Source<BindingExpansion> bindings,
            PlatformAccounts platform,
            Clock clock,
            RandomGenerator random) {
        this.reviews = reviews;
        this.bindings = bindings;
        this.platform = platform;
        this.clock = clock;
        this.random = random;
    }

    /** Reads every role and every binding, with four lists. */
    public static BindingExpansion bindings(KubernetesClient client) {
        return BindingExpansion.of(
                client.rbac().roles().inAnyNamespace().list().getItems(),
                client.rbac().clusterRoles().list().getItems(),
                client.rbac().roleBindings().inAnyNamespace().list().getItems(),
                client.rbac().clusterRoleBindings().list().getItems());
    }

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_RBAC, Control.TI_ADM);
    }

    @Override
    public void notBefore(Instant moment) {
        bindings.notBefore(moment);
    }

    @Override
    public boolean restsOnSpec() {
        return true;
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        List<Trial> trials =
                new ArrayList<>(new MatrixTrials(reviews, AccessMatrix.read(), random, today).of(self, others));
        try {
            BindingExpansion all = bindings.read();
            trials.addAll(BindingTrials.strangers(all, self, platform, today));
            trials.add(BindingTrials.administrators(all));
        } catch (KubernetesClientException e) {
            Attempt nothing = Attempt.broken("the prober", "bindings of the cluster", ApiAnswers.reason(e));
            for (Control control : List.of(Control.TI_RBAC, Control.TI_ADM)) {
                trials.add(new Trial(control, "bindings let somebody in", Trial.TrialKind.OpenWay, nothing, nothing));
            }
        }
        return trials;
    }
}
