package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.network.Direction;
import dev.bulkhead.operator.validate.PlatformSettings;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads all NetworkPolicies in force, foreign ones too, and computes which ways they leave open: between the tenant and
 * each other one, and between the tenant and the rest of the world. What the network plugin makes of the policies is
 * not its business, and it says so by being one half of the proof only.
 */
public final class StaticNetworkProbe implements Probe {
    private final Source<NetworkSnapshot> network;
    private final PlatformSettings settings;

    /**
     * Wired by hand.
     *
     * @param network the cluster as it is now, or a short while ago; may throw what the client throws
     */
    public StaticNetworkProbe(Source<NetworkSnapshot> network, PlatformSettings settings) {
        this.network = network;
        this.settings = settings;
    }

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_NET, Control.TI_EGR);
    }

    @Override
    public void notBefore(Instant moment) {
        network.notBefore(moment);
    }

    @Override
    public boolean restsOnSpec() {
        return true;
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        NetworkSnapshot snapshot;
        try {
            snapshot = network.read();
        } catch (KubernetesClientException | IllegalArgumentException e) {
            return unread(self, ApiAnswers.reason(e));
        }
        List<String> missing = self.namespaces().stream()
                .map(Object::toString)
                .filter(n -> !snapshot.reachability().knows(n))
                .toList();
        if (!missing.isEmpty()) {
            return unread(self, "there is no namespace " + String.join(", ", missing));
        }
        Optional<String> overfull = Pages.reason(snapshot.overfull(), self);
        if (overfull.isPresent()) {
            return unread(self, overfull.get());
        }
        return new NetworkTrials(snapshot, settings, self, others).all();
    }

    private List<Trial> unread(Subject self, String reason) {
        List<Trial> trials = new ArrayList<>();
        for (Control control : List.of(Control.TI_NET, Control.TI_EGR)) {
            Attempt nothing = Attempt.broken("pods of " + self.tenant(), "the cluster's network policies", reason);
            trials.add(new Trial(control, "policies leave a way open", Trial.TrialKind.OpenWay, nothing, nothing));
        }
        return trials;
    }

    /** Words for a direction. */
    static String way(Direction direction) {
        return direction == Direction.Ingress ? "comes in from" : "goes out to";
    }
}
