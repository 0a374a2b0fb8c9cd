package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.probe.connection.Plan.Aim;
import dev.bulkhead.operator.probe.connection.Plan.Surroundings;
import dev.bulkhead.operator.probe.connection.ProbePodPlanner.Role;
import dev.bulkhead.operator.probe.connection.ProbePods.Made;
import dev.bulkhead.operator.probe.connection.ProbePods.Running;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Four pods for some seconds: a listener and an attacker in a namespace of the tenant, the same in a canary's. Each
 * attacker reaches its own listener, or nothing is proven, and must not reach the other's.
 */
final class Exchange {
    /** How long every target is tried at least. */
    private static final Duration WINDOW = Duration.ofMillis(2500);

    private static final int PATIENCE_MILLIS = 2000;

    private final ProbePods pods;
    private final TenantNamespace tenant;
    private final TenantNamespace canary;
    private final List<Target> api;
    private final String word;

    /**
     * Nothing is made before {@link #trials()}.
     *
     * @param api addresses at which the prober reaches the API server
     * @param word what listeners say; known to nobody else
     */
    Exchange(ProbePods pods, TenantNamespace tenant, TenantNamespace canary, List<Target> api, String word) {
        this.pods = pods;
        this.tenant = tenant;
        this.canary = canary;
        this.api = List.copyOf(api);
        this.word = word;
    }

    /** Makes the pods, waits for what they find, and takes them away, whatever happens in between. */
    List<Trial> trials() throws NotTriedException, InterruptedException {
        try {
            return tried();
        } finally {
            // An interrupt would cut the requests off that take the pods away.
            boolean interrupted = Thread.interrupted();
            pods.clear(tenant);
            pods.clear(canary);
            pods.stopServing(canary);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private List<Trial> tried() throws NotTriedException, InterruptedException {
        Made listener = pods.make(tenant, Role.listener, List.of("listen", word));
        Made other = pods.make(canary, Role.listener, List.of("listen", word));
        List<String> service = pods.serve(canary);
        Running here = pods.running(listener);
        Running there = pods.running(other);
        Plan plan = Plan.of(new Surroundings(
                here.addresses(),
                there.addresses(),
                service,
                api,
                Stream.concat(here.nodes().stream(), there.nodes().stream()).toList()));
        Made out = pods.make(tenant, Role.attacker, plan.outwards(word, WINDOW.toMillis()));
        Made in = pods.make(canary, Role.attacker, plan.inwards(word, WINDOW.toMillis()));
        Map<Target, Attempt> reached = new HashMap<>();
        for (Aim aim : List.of(Aim.ApiServer, Aim.Node)) {
            plan.out().getOrDefault(aim, List.of()).forEach(target -> reached.put(target, reach(target)));
        }
        return new ConnectionTrials(
                        plan,
                        report(out),
                        report(in),
                        reached,
                        new ConnectionTrials.Names(tenant.fullName(), canary.fullName()))
                .all();
    }

    private PodReport report(Made attacker) throws NotTriedException, InterruptedException {
        return PodReport.parse(pods.message(attacker), word)
                .orElseThrow(() -> NotTriedException.here(attacker + " ended without a report that can be read"));
    }

    /** From the prober's own pod, whose policy lets it. */
    private static Attempt reach(Target target) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.address(), target.port()), PATIENCE_MILLIS);
            return Attempt.succeeded("the prober", target.name(), "connected");
        } catch (SocketTimeoutException e) {
            return new Attempt("the prober", target.name(), Ending.TimedOut, "no answer");
        } catch (IOException e) {
            return Attempt.broken("the prober", target.name(), "cannot be reached by the prober either");
        }
    }
}
