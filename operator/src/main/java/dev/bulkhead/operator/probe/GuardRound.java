package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.guard.GuardDryRun;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Has the two shipped canary tenants try the guards out, each from its first namespace: dry runs, and connections to a
 * pod that is not there, so that nothing is left behind.
 */
public final class GuardRound {
    private final Supplier<List<Subject>> canaries;
    private final Function<String, KubernetesClient> account;
    private final GuardDryRun test;

    /**
     * Wired by hand.
     *
     * @param canaries tenants of profile {@link Canary#PROFILE}; those of another name than the shipped ones are left out,
     *     because they have no account to act as
     * @param account a client that is the canary's account of a namespace; closed after each round
     */
    public GuardRound(Supplier<List<Subject>> canaries, Function<String, KubernetesClient> account, GuardDryRun test) {
        this.canaries = canaries;
        this.account = account;
        this.test = test;
    }

    /** All trials of both; unclear ones where they could not be held. */
    public List<Trial> trials() throws InterruptedException {
        List<Subject> shipped;
        try {
            shipped = canaries.get().stream()
                    .filter(subject -> AccessPlanner.CANARIES.contains(subject.tenant()))
                    .toList();
        } catch (KubernetesClientException e) {
            return GuardTrials.unclear("the prober", ApiAnswers.reason(e));
        }
        if (shipped.size() < AccessPlanner.CANARIES.size()) {
            return GuardTrials.unclear(
                    "the prober",
                    "the Tenants canary-one and canary-two of profile " + Canary.PROFILE
                            + " are not both there and ready");
        }
        List<Trial> trials = new ArrayList<>();
        for (Subject canary : shipped) {
            trials.addAll(as(canary.namespaces().getFirst().fullName()));
        }
        return trials;
    }

    private List<Trial> as(String namespace) throws InterruptedException {
        String actor = "ServiceAccount " + namespace + "/" + AccessPlanner.CANARY;
        try (KubernetesClient client = account.apply(namespace)) {
            return GuardTrials.of(actor, test.run(client, namespace));
        } catch (KubernetesClientException | IllegalArgumentException e) {
            return GuardTrials.unclear(actor, ApiAnswers.reason(e));
        }
    }
}
