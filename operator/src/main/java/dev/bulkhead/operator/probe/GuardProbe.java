package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Whether the guards, and Pod Security before them, refuse what they are for. It is tried by the canary tenants and
 * counts for everybody: it is the same API server and the same guards. What differs from tenant to tenant, the labels of
 * its namespaces, is {@link NamespaceProbe}'s.
 */
public final class GuardProbe implements Probe {
    private final Source<List<Trial>> guards;

    /**
     * Wired by hand.
     *
     * @param guards the trials of {@link GuardRound}, of now or of a short while ago
     */
    public GuardProbe(Source<List<Trial>> guards) {
        this.guards = guards;
    }

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_NS, Control.TI_NET, Control.TI_POD, Control.TI_RBAC, Control.TI_SEC);
    }

    @Override
    public Instant triedAt(Subject self, Instant now) {
        return guards.readAt(now);
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        return guards.read();
    }
}
