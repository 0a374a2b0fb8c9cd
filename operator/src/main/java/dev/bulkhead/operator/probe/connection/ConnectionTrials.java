package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.probe.connection.ExchangePlan.Aim;
import dev.bulkhead.operator.probe.connection.PodReport.PodLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What the two attacking pods of one exchange found, as trials. Pure. */
final class ConnectionTrials {
    private final ExchangePlan plan;
    private final PodReport tenant;
    private final PodReport canary;
    private final Map<Target, Attempt> prober;
    private final Names names;

    /**
     * Reads two reports.
     *
     * @param tenant report of the pod in the tenant's namespace
     * @param canary report of the pod in the canary's
     * @param prober what the prober itself reached of API server and nodes
     */
    ConnectionTrials(ExchangePlan plan, PodReport tenant, PodReport canary, Map<Target, Attempt> prober, Names names) {
        this.plan = plan;
        this.tenant = tenant;
        this.canary = canary;
        this.prober = Map.copyOf(prober);
        this.names = names;
    }

    /**
     * Who is who, for people.
     *
     * @param tenant namespace of the tenant
     * @param canary namespace of the canary
     */
    record Names(String tenant, String canary) {
        String inside() {
            return "pod in " + tenant;
        }

        String outside() {
            return "pod in " + canary;
        }
    }

    List<Trial> all() {
        List<Trial> all = new ArrayList<>(List.of(
                outwards(Control.TI_NET, "a pod reaches a pod of another tenant by TCP", Aim.Pod),
                outwards(Control.TI_NET, "a pod reaches a pod of another tenant by UDP", Aim.Datagram),
                inwards("a pod of another tenant reaches a pod by TCP", Aim.Pod),
                inwards("a pod of another tenant reaches a pod by UDP", Aim.Datagram),
                inwards("a pod of another tenant reaches a pod on the port of DNS", Aim.NameServer),
                outwards(Control.TI_EGR, "a pod reaches a service of another tenant", Aim.Service),
                outwards(Control.TI_EGR, "a pod asks a name server that is not the cluster's", Aim.NameServer),
                outwards(Control.TI_EGR, "a pod reaches the API server", Aim.ApiServer),
                outwards(Control.TI_EGR, "a pod reaches a node", Aim.Node),
                outwards(Control.TI_EGR, "a pod reaches the metadata address of a cloud", Aim.Metadata)));
        if (!targets(plan.out(), Aim.StorePart).isEmpty()) {
            all.add(outwards(
                    Control.TI_NET, "a pod reaches a part of the object store's server that is not S3", Aim.StorePart));
        }
        return all;
    }

    private Trial outwards(Control control, String name, Aim aim) {
        List<Target> targets = targets(plan.out(), aim);
        Attempt attack = attack(names.inside(), targets, tenant, aim != Aim.Metadata || rejectsEverywhere());
        return new Trial(
                control,
                name,
                TrialKind.SilentBreakOut,
                attack,
                worst(Stream.of(ownListener(aim), allowed(aim))
                        .flatMap(List::stream)
                        .toList()));
    }

    /** Whether the network itself refuses where nobody is; then a refusal is no sign that packets arrive. */
    private boolean rejectsEverywhere() {
        return targets(plan.out(), Aim.Nobody).stream()
                .anyMatch(t -> line(tenant, t).outcome() == ConnectionOutcome.Refused);
    }

    private Trial inwards(String name, Aim aim) {
        Attempt attack = attack(names.outside(), targets(plan.in(), aim), canary, true);
        List<Attempt> checks = Stream.concat(
                        ownListener(aim).stream(),
                        reached(names.outside(), targets(plan.theirs(), aim), canary).stream())
                .toList();
        return new Trial(Control.TI_NET, name, TrialKind.SilentBreakOut, attack, worst(checks));
    }

    /** That the tenant's pod reaches what it may: with a network that does not work at all everything looks closed. */
    private List<Attempt> ownListener(Aim aim) {
        Aim like = plan.own().containsKey(aim) ? aim : Aim.Pod;
        return reached(names.inside(), targets(plan.own(), like), tenant);
    }

    /** The same targets from where they are open: what is not there refuses everybody. */
    private List<Attempt> allowed(Aim aim) {
        return switch (aim) {
            case Pod, Datagram, NameServer, Service -> reached(names.outside(), targets(plan.theirs(), aim), canary);
            case ApiServer, Node ->
                targets(plan.out(), aim).stream()
                        .map(t -> Objects.requireNonNullElseGet(
                                prober.get(t), () -> Attempt.broken("the prober", t.name(), "was not tried")))
                        .toList();
            // Where the prober is kept out as well, nobody may.
            case StorePart ->
                targets(plan.out(), aim).stream()
                        .map(prober::get)
                        .filter(Objects::nonNull)
                        .filter(attempt -> attempt.ending() == Ending.Succeeded)
                        .toList();
            // Nobody may; whether something is there cannot be known.
            case Metadata, Nobody -> List.of();
        };
    }

    private static List<Target> targets(Map<Aim, List<Target>> of, Aim aim) {
        return of.getOrDefault(aim, List.of());
    }

    private static Attempt worst(List<Attempt> checks) {
        return checks.stream()
                .filter(a -> a.ending() != Ending.Succeeded)
                .findFirst()
                .or(() -> checks.stream().reduce((_, last) -> last))
                .orElseGet(() -> Attempt.broken("the prober", "the positive control", "there was none"));
    }

    private static List<Attempt> reached(String actor, List<Target> targets, PodReport report) {
        return targets.stream()
                .map(target -> {
                    PodLine line = line(report, target);
                    return switch (line.outcome()) {
                        case Answered -> Attempt.succeeded(actor, target.name(), "answered");
                        case TimedOut -> new Attempt(actor, target.name(), Ending.TimedOut, tries(line));
                        case Accepted, Refused, Unreachable, Failed ->
                            Attempt.broken(actor, target.name(), line.outcome() + ", " + tries(line));
                    };
                })
                .toList();
    }

    /**
     * The attack on the address that says most.
     *
     * @param checked whether the target is known to answer somebody: then a refusal is the boundary's, else a refusal
     *     shows that the packets arrive somewhere
     */
    private static Attempt attack(String actor, List<Target> targets, PodReport report, boolean checked) {
        List<Attempt> attempts = new ArrayList<>();
        for (Target target : targets) {
            PodLine line = line(report, target);
            String first = tries(line) + ", the first " + report.began() + " ms after the pod's program began";
            attempts.add(
                    switch (line.outcome()) {
                        case Answered ->
                            Attempt.succeeded(actor, target.name(), "answered after " + line.millis() + " ms");
                        case Refused ->
                            checked
                                    ? Attempt.refused(actor, target.name(), "rejected, " + first)
                                    : Attempt.succeeded(
                                            actor, target.name(), "refused by the other side: packets arrive");
                        case Unreachable -> Attempt.refused(actor, target.name(), "no way there, " + first);
                        case TimedOut -> new Attempt(actor, target.name(), Ending.TimedOut, first);
                        case Accepted -> Attempt.broken(actor, target.name(), "somebody else took the connection");
                        case Failed -> Attempt.broken(actor, target.name(), "could not be tried, " + tries(line));
                    });
        }
        return attempts.stream()
                .min(Comparator.comparingInt(ConnectionTrials::rank))
                .orElseGet(
                        () -> Attempt.broken(actor, "the target", "no address of it is known that a pod could reach"));
    }

    private static int rank(Attempt attempt) {
        return switch (attempt.ending()) {
            case Succeeded -> 0;
            case Broken, NameNotFound, TlsFailed -> 1;
            case TimedOut, Refused -> 2;
        };
    }

    private static PodLine line(PodReport report, Target target) {
        return Objects.requireNonNullElse(report.lines().get(target), new PodLine(ConnectionOutcome.Failed, 0, 0));
    }

    private static String tries(PodLine line) {
        return line.tries() + (line.tries() == 1 ? " try" : " tries");
    }
}
