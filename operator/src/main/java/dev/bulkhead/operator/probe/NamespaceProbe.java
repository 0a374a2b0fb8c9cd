package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads whose every namespace of the cluster says it is, and under which level of Pod Security the tenant's own are:
 * guards and network policies go by these labels. One list, however many tenants look at it.
 */
public final class NamespaceProbe implements Probe {
    private final Source<List<Namespace>> namespaces;
    private final String podSecurityVersion;

    /**
     * Wired by hand.
     *
     * @param namespaces all of them as they are now, or were a short while ago; may throw what the client throws
     * @param podSecurityVersion that the platform is pinned to
     */
    public NamespaceProbe(Source<List<Namespace>> namespaces, String podSecurityVersion) {
        this.namespaces = namespaces;
        this.podSecurityVersion = podSecurityVersion;
    }

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_NS, Control.TI_POD);
    }

    @Override
    public void notBefore(Instant moment) {
        namespaces.notBefore(moment);
    }

    @Override
    public boolean restsOnSpec() {
        return true;
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        try {
            return NamespaceTrials.of(self, namespaces.read(), podSecurityVersion);
        } catch (KubernetesClientException e) {
            Attempt nothing = Attempt.broken("the prober", "namespaces of the cluster", ApiAnswers.reason(e));
            return Stream.of(Control.TI_NS, Control.TI_POD)
                    .map(control -> new Trial(
                            control,
                            "labels of namespaces are not as planned",
                            Trial.TrialKind.Weakness,
                            nothing,
                            nothing))
                    .toList();
        }
    }
}
