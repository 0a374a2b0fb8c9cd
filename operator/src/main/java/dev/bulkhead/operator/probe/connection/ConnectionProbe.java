package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.probe.ApiAnswers;
import dev.bulkhead.operator.probe.Probe;
import dev.bulkhead.operator.probe.Source;
import dev.bulkhead.operator.probe.Subject;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tries real connections from pods in the tenant's namespaces and in a canary's: policies in force say what a network
 * plugin should do, not that it does it. One tenant at a time, one of its namespaces at a time, each in its turn; what
 * was found closed counts for a while, what was not is tried again in the next round.
 *
 * <p>Four pods and a Service for about five seconds, within the tenant's quota. They end by themselves after 90 s, and
 * what a killed prober left is taken away when the tenant has its first turn again.
 */
public final class ConnectionProbe implements Probe {
    /** What keeps pods from running at all is not tried again for every tenant. */
    private static final Duration OBSTACLE = Duration.ofMinutes(5);

    private static final int WORD_BYTES = 12;
    private static final int HTTPS = 443;

    private final ProbePods pods;
    private final URI apiServer;
    private final Source<List<Node>> nodes;
    private final Supplier<List<Subject>> canaries;
    private final Duration keep;
    private final SecureRandom random;
    private final Clock clock;
    private final Map<TenantIdentity, Turn> turns = new ConcurrentHashMap<>();
    private final ReentrantLock one = new ReentrantLock(true);
    private @Nullable Obstacle obstacle;

    /**
     * Wired by hand.
     *
     * @param client with the rights of the prober's ServiceAccount
     * @param nodes of the cluster, as they were a short while ago
     * @param canaries tenants without anybody's data, in order of their names
     * @param keep how long a finding counts in which every way was closed; zero tries each time
     */
    public ConnectionProbe(
            KubernetesClient client,
            ProbeImage image,
            Source<List<Node>> nodes,
            Supplier<List<Subject>> canaries,
            Duration keep,
            SecureRandom random,
            Clock clock) {
        this.pods = new ProbePods(client, image, clock);
        this.apiServer = client.getMasterUrl() == null
                ? URI.create("https://kubernetes.default.svc")
                : URI.create(client.getMasterUrl().toString());
        this.nodes = nodes;
        this.canaries = canaries;
        this.keep = keep;
        this.random = random;
        this.clock = clock;
    }

    private record Turn(List<Trial> trials, Instant at, int number) {
        boolean closed() {
            return trials.stream().allMatch(t -> t.result() == Trial.Result.Blocked);
        }
    }

    private record Obstacle(String reason, Instant until) {}

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_NET, Control.TI_EGR);
    }

    @Override
    public Instant triedAt(Subject self, Instant now) {
        Turn turn = turns.get(self.identity());
        return turn == null ? now : turn.at();
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        Turn last = turns.get(self.identity());
        if (last != null && last.closed() && clock.instant().isBefore(last.at().plus(keep))) {
            return last.trials();
        }
        one.lockInterruptibly();
        try {
            int number = last == null ? 0 : last.number() + 1;
            Turn turn = new Turn(tried(self, number), clock.instant(), number);
            forget(turn.at());
            turns.put(self.identity(), turn);
            return turn.trials();
        } finally {
            one.unlock();
        }
    }

    /** Tenants that are no more have no turns. */
    private void forget(Instant now) {
        Instant old = now.minus(keep.multipliedBy(4)).minus(Duration.ofHours(1));
        turns.values().removeIf(turn -> turn.at().isBefore(old));
    }

    private List<Trial> tried(Subject self, int number) throws InterruptedException {
        Obstacle known = obstacle;
        if (known != null && clock.instant().isBefore(known.until())) {
            return unclear(self, known.reason());
        }
        try {
            return exchange(self, number).trials();
        } catch (NotTriedException e) {
            if (e.everywhere()) {
                obstacle = new Obstacle(e.reason(), clock.instant().plus(OBSTACLE));
            }
            return unclear(self, e.reason());
        } catch (KubernetesClientException e) {
            return unclear(self, ApiAnswers.reason(e));
        }
    }

    private Exchange exchange(Subject self, int number) throws NotTriedException, InterruptedException {
        if (nodes.read().stream().noneMatch(ConnectionProbe::ready)) {
            throw NotTriedException.here("no node of the cluster is ready to run the prober's pods");
        }
        Subject canary = canaries.get().stream()
                .filter(c -> !c.identity().equals(self.identity()))
                .findFirst()
                .orElseThrow(
                        () -> NotTriedException.here("there is no canary tenant for the other end of the connection"));
        List<TenantNamespace> namespaces = self.namespaces();
        if (number == 0) {
            namespaces.forEach(pods::clear);
        }
        return new Exchange(
                pods,
                namespaces.get(number % namespaces.size()),
                canary.namespaces().getFirst(),
                apiServers(),
                word());
    }

    private static boolean ready(Node node) {
        return node.getSpec() != null
                && !Boolean.TRUE.equals(node.getSpec().getUnschedulable())
                && node.getStatus() != null
                && Stream.ofNullable(node.getStatus().getConditions())
                        .flatMap(List::stream)
                        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    private List<Target> apiServers() throws NotTriedException {
        try {
            int port = apiServer.getPort() < 0 ? HTTPS : apiServer.getPort();
            return Arrays.stream(InetAddress.getAllByName(apiServer.getHost()))
                    .map(a -> Target.server(a.getHostAddress(), port))
                    .toList();
        } catch (UnknownHostException e) {
            throw NotTriedException.everywhere("the API server's name does not resolve");
        }
    }

    private String word() {
        byte[] word = new byte[WORD_BYTES];
        random.nextBytes(word);
        return HexFormat.of().formatHex(word);
    }

    private List<Trial> unclear(Subject self, String reason) {
        Attempt nothing = Attempt.broken("the prober's pods", "the network of " + self.tenant(), reason);
        return List.of(Control.TI_NET, Control.TI_EGR).stream()
                .map(control -> new Trial(
                        control, "connects to what the policies close", Trial.Kind.SilentBreakOut, nothing, nothing))
                .toList();
    }
}
