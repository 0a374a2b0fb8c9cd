package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.PlatformAccess;
import dev.bulkhead.operator.evidence.ServerStanding;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every probe of one tenant, once. */
public final class TenantRound {
    private static final Logger LOG = LoggerFactory.getLogger(TenantRound.class);

    /** Between two looks at what changes while it is looked at. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final List<Probe> probes;
    private final SecondLook secondLook;
    private final Duration validity;
    private final Clock clock;

    /**
     * Creates it.
     *
     * @param grounds reads what attacks rest on
     * @param validity of the proof that it finds
     */
    public TenantRound(List<Probe> probes, GroundReader grounds, Duration validity, Clock clock) {
        this.probes = List.copyOf(probes);
        this.secondLook = new SecondLook(grounds::read, PAUSE, clock);
        this.validity = validity;
        this.clock = clock;
    }

    /**
     * What a round found.
     *
     * @param passing whether another round should follow at once, for something was only just changing
     */
    public record RoundFound(List<Trial> trials, List<ControlProof> proofs, boolean passing) {
        /** Makes lists immutable. */
        public RoundFound {
            trials = List.copyOf(trials);
            proofs = List.copyOf(proofs);
        }
    }

    /**
     * Runs the probes one after the other.
     *
     * @param since pictures of the cluster that are older do not show this tenant
     * @param progress is given each trial as soon as it ended
     * @throws InterruptedException when it is to end
     */
    public RoundFound run(Subject self, List<Subject> others, Instant since, Consumer<Trial> progress)
            throws InterruptedException {
        List<Trial> trials = new ArrayList<>();
        Map<Control, Instant> tried = new EnumMap<>(Control.class);
        boolean passing = false;
        for (Probe probe : probes) {
            probe.notBefore(since);
            Instant began = clock.instant();
            SecondLook.Looked looked = look(probe, self, others);
            List<Trial> found = looked.trials();
            passing |= looked.passing();
            found.forEach(progress);
            trials.addAll(found);
            Instant at = probe.triedAt(self, began);
            // A control is proven by all its probes together, so the oldest of them says since when.
            probe.proves().forEach(control -> tried.merge(control, at, TenantRound::earlier));
        }
        return new RoundFound(trials, ControlProof.of(tried, trials, validity), passing);
    }

    /** What got through counts only after a second look. */
    private SecondLook.Looked look(Probe probe, Subject self, List<Subject> others) throws InterruptedException {
        List<Trial> first = run(probe, self, others);
        if (!SecondLook.needed(first)) {
            return new SecondLook.Looked(first, false);
        }
        try {
            return secondLook.at(self, others, first, probe.restsOnSpec(), (again, them) -> {
                probe.again(clock.instant());
                return run(probe, again, them);
            });
        } catch (KubernetesClientException e) {
            return SecondLook.unread(first, ApiAnswers.reason(e));
        }
    }

    /** What all rounds so far found of servers that tenants share. */
    List<ServerStanding> servers() {
        return probes.stream().flatMap(probe -> probe.servers().stream()).toList();
    }

    /** Who of the platform reaches into all tenants, as the last round saw it. */
    Optional<PlatformAccess> access() {
        return probes.stream().flatMap(probe -> probe.access().stream()).findFirst();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** A probe that broke proves nothing, and says so in each of its controls. */
    private static List<Trial> run(Probe probe, Subject self, List<Subject> others) throws InterruptedException {
        try {
            return probe.run(self, others);
        } catch (KubernetesClientException e) {
            // A tenant that is suspended while it is attacked: the prober's rights there have just ended.
            String reason = ApiAnswers.reason(e);
            LOG.atWarn()
                    .addKeyValue("tenant", self.tenant())
                    .addKeyValue("probe", probe.getClass().getSimpleName())
                    .addKeyValue("reason", reason)
                    .log("a probe could not read what it needs");
            return untried(probe, self, reason);
        } catch (RuntimeException e) {
            String correlation = UUID.randomUUID().toString().substring(0, 8);
            LOG.atError()
                    .addKeyValue("tenant", self.tenant())
                    .addKeyValue("probe", probe.getClass().getSimpleName())
                    .addKeyValue("correlation", correlation)
                    .setCause(e)
                    .log("probe broke");
            return untried(probe, self, "internal error, correlation=" + correlation + " in its log");
        }
    }

    private static List<Trial> untried(Probe probe, Subject self, String reason) {
        Attempt broken = Attempt.broken("prober", "tenant " + self.tenant(), reason);
        return probe.proves().stream()
                .map(control -> new Trial(
                        control, probe.getClass().getSimpleName() + " runs", Trial.TrialKind.Weakness, broken, broken))
                .toList();
    }
}
