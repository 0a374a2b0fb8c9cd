package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Trial;
import java.util.List;
import java.util.Set;

/**
 * Says that nobody has tried a real connection yet. Policies that are in force say what a network plugin should do, not
 * that it does it, so without this the network would look proven on a cluster whose plugin ignores NetworkPolicy.
 */
public final class ConnectionProbe implements Probe {
    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_NET, Control.TI_EGR);
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) {
        Attempt nobody = Attempt.broken(
                "prober pod in a namespace of " + self.tenant(),
                "addresses outside the compartment",
                "this version runs no pods to try connections from; whether the network plugin enforces the policies is"
                        + " not known");
        return proves().stream()
                .map(control -> new Trial(
                        control, "connects to what the policies close", Trial.Kind.SilentBreakOut, nobody, nobody))
                .toList();
    }
}
