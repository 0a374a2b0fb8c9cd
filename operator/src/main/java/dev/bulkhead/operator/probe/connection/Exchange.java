package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.probe.connection.ExchangePlan.Aim;
import dev.bulkhead.operator.probe.connection.ExchangePlan.ExchangeSurroundings;
import dev.bulkhead.operator.probe.connection.ProbePodPlanner.PodRole;
import dev.bulkhead.operator.probe.connection.ProbePods.MadePod;
import dev.bulkhead.operator.probe.connection.ProbePods.RunningPod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Pods for some seconds: a listener and an attacker in each of some namespaces of a tenant, and the same in a canary's.
 * Each attacker reaches its own tenant's listener, or nothing is proven, and must not reach the other's.
 */
final class Exchange {
    /** How long every target is tried once the controls have answered. */
    private static final Duration WINDOW = Duration.ofMillis(2500);

    private static final int PATIENCE_MILLIS = 2000;

    private final ProbePods pods;
    private final List<TenantNamespace> tenant;
    private final TenantNamespace canary;
    private final List<Target> api;
    private final List<Target> storeParts;
    private final String word;

    /**
     * Nothing is made before {@link #results()}.
     *
     * @param tenant namespaces of the tenant, as many as one message of the canary's pod has room for
     * @param api addresses at which the prober reaches the API server
     * @param storeParts what object stores' servers have besides S3
     * @param word what listeners say; whoever may read pods may read it
     */
    Exchange(
            ProbePods pods,
            List<TenantNamespace> tenant,
            TenantNamespace canary,
            List<Target> api,
            List<Target> storeParts,
            String word) {
        this.pods = pods;
        this.tenant = List.copyOf(tenant);
        this.canary = canary;
        this.api = List.copyOf(api);
        this.storeParts = List.copyOf(storeParts);
        this.word = word;
    }

    /** What became of one namespace. */
    sealed interface ExchangeResult {
        /** It was tried. */
        record Tried(List<Trial> trials) implements ExchangeResult {
            public Tried {
                trials = List.copyOf(trials);
            }
        }

        /** It could not be tried. */
        record NotTried(String reason) implements ExchangeResult {}
    }

    /**
     * Makes the pods, waits for what they find, and takes them away, whatever happens in between.
     *
     * @return one result for each namespace
     * @throws NotTriedException when the canary's end failed, so that nothing could be tried anywhere
     */
    Map<TenantNamespace, ExchangeResult> results() throws NotTriedException, InterruptedException {
        try {
            return tried();
        } finally {
            // An interrupt would cut the requests off that take the pods away.
            boolean interrupted = Thread.interrupted();
            tenant.forEach(pods::clear);
            pods.clear(canary);
            pods.stopServing(canary);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private record ExchangePlace(TenantNamespace namespace, MadePod listener, ExchangePlan plan, MadePod attacker) {}

    private Map<TenantNamespace, ExchangeResult> tried() throws NotTriedException, InterruptedException {
        Map<TenantNamespace, ExchangeResult> results = new TreeMap<>();
        Map<TenantNamespace, MadePod> listeners = new TreeMap<>();
        MadePod other = pods.make(canary, PodRole.listener, true, List.of("listen", word));
        for (TenantNamespace namespace : tenant) {
            try {
                listeners.put(namespace, pods.make(namespace, PodRole.listener, false, List.of("listen", word)));
            } catch (NotTriedException e) {
                results.put(namespace, new ExchangeResult.NotTried(e.reason()));
            }
        }
        if (listeners.isEmpty()) {
            return results;
        }
        List<String> service = pods.serve(canary);
        RunningPod there = pods.running(other);
        List<ExchangePlace> places = new ArrayList<>();
        for (Map.Entry<TenantNamespace, MadePod> one : listeners.entrySet()) {
            try {
                ExchangePlan plan = plan(pods.running(one.getValue()), there, service);
                MadePod attacker =
                        pods.make(one.getKey(), PodRole.attacker, false, plan.outwards(word, WINDOW.toMillis()));
                places.add(new ExchangePlace(one.getKey(), one.getValue(), plan, attacker));
            } catch (NotTriedException e) {
                results.put(one.getKey(), new ExchangeResult.NotTried(e.reason()));
            }
        }
        if (!places.isEmpty()) {
            results.putAll(tried(places, other));
        }
        return results;
    }

    private ExchangePlan plan(RunningPod here, RunningPod there, List<String> service) {
        return ExchangePlan.of(new ExchangeSurroundings(
                here.addresses(),
                there.addresses(),
                service,
                api,
                Stream.concat(here.nodes().stream(), there.nodes().stream()).toList(),
                storeParts));
    }

    private Map<TenantNamespace, ExchangeResult> tried(List<ExchangePlace> places, MadePod other)
            throws NotTriedException, InterruptedException {
        MadePod in = pods.make(
                canary,
                PodRole.attacker,
                true,
                ExchangePlan.inwards(
                        word,
                        WINDOW.toMillis(),
                        places.stream().map(ExchangePlace::plan).toList()));
        Map<Target, Attempt> reached = new HashMap<>();
        for (ExchangePlace place : places) {
            for (Aim aim : List.of(Aim.ApiServer, Aim.Node, Aim.StorePart)) {
                for (Target target : place.plan().out().getOrDefault(aim, List.of())) {
                    reached.computeIfAbsent(target, Exchange::reach);
                }
            }
        }
        PodReport theirs = report(in);
        pods.stillReady(other);
        Map<TenantNamespace, ExchangeResult> results = new TreeMap<>();
        for (ExchangePlace place : places) {
            try {
                PodReport own = report(place.attacker());
                pods.stillReady(place.listener());
                results.put(
                        place.namespace(),
                        new ExchangeResult.Tried(new ConnectionTrials(
                                        place.plan(),
                                        own,
                                        theirs,
                                        reached,
                                        new ConnectionTrials.Names(
                                                place.namespace().fullName(), canary.fullName()))
                                .all()));
            } catch (NotTriedException e) {
                results.put(place.namespace(), new ExchangeResult.NotTried(e.reason()));
            }
        }
        // Asked again: the tenants' pods may have tried for longer than the canary's.
        pods.stillReady(other);
        return results;
    }

    private PodReport report(MadePod attacker) throws NotTriedException, InterruptedException {
        return PodReport.parse(pods.message(attacker), word)
                .orElseThrow(() -> attacker.hindered("ended without a report that can be read"));
    }

    /** From the prober's own pod, whose policy lets it. */
    private static Attempt reach(Target target) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.address(), target.port()), PATIENCE_MILLIS);
            return Attempt.succeeded("the prober", target.name(), "connected");
        } catch (SocketTimeoutException _) {
            return new Attempt("the prober", target.name(), Ending.TimedOut, "no answer");
        } catch (IOException _) {
            return Attempt.broken("the prober", target.name(), "cannot be reached by the prober either");
        }
    }
}
