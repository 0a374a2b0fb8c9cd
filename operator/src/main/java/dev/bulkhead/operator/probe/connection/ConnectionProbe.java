package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.probe.ApiAnswers;
import dev.bulkhead.operator.probe.Probe;
import dev.bulkhead.operator.probe.Source;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries real connections from pods in the tenant's namespaces and in a canary's: policies in force say what a network
 * plugin should do, not that it does it. One tenant at a time; a namespace that was found closed counts for a while, one
 * that was not is tried again in the next round.
 *
 * <p>Two pods in each namespace and two with a Service in a canary's, for about six seconds, within the tenant's quota.
 * They end by themselves after 90 s, and what a killed prober left is taken away when the tenant has its first turn again.
 */
public final class ConnectionProbe implements Probe {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionProbe.class);

    /** What could not be tried is not tried again before, nor for other tenants where the reason is none of this one's. */
    private static final Duration AGAIN = Duration.ofMinutes(5);

    /** Namespaces of a tenant at once: what the canary's pod finds about all of them has to fit into one message. */
    static final int AT_ONCE = 6;

    /** What a pod's message has room for. */
    static final int STORE_PARTS = 32;

    private static final int WORD_BYTES = 12;
    private static final int HTTPS = 443;

    private final ProbePods pods;
    private final URI apiServer;
    private final Source<List<Node>> nodes;
    private final Source<List<Subject>> canaries;
    private final Source<List<String>> storeParts;
    private final Duration keep;
    private final SecureRandom random;
    private final Clock clock;
    private final Map<TenantIdentity, Map<TenantNamespace, NamespaceFinding>> findings = new ConcurrentHashMap<>();
    private final Set<TenantIdentity> cleared = ConcurrentHashMap.newKeySet();
    private final ReentrantLock one = new ReentrantLock(true);
    private @Nullable RoundObstacle obstacle;

    /**
     * Wired by hand.
     *
     * @param client with the rights of the prober's ServiceAccount
     * @param nodes of the cluster, as they were a short while ago
     * @param canaries tenants without anybody's data, in order of their names, as they were a short while ago
     * @param storeParts what object stores' servers have besides S3, as {@code HOST:PORT}
     * @param keep how long a finding counts in which every way was closed; zero tries each time
     * @param start how long a pod may take to start
     */
    public ConnectionProbe(
            KubernetesClient client,
            ProbeImage image,
            Source<List<Node>> nodes,
            Source<List<Subject>> canaries,
            Source<List<String>> storeParts,
            Duration keep,
            Duration start,
            SecureRandom random,
            Clock clock) {
        this.pods = new ProbePods(client, image, start, clock);
        this.apiServer = client.getMasterUrl() == null
                ? URI.create("https://kubernetes.default.svc")
                : URI.create(client.getMasterUrl().toString());
        this.nodes = nodes;
        this.canaries = canaries;
        this.storeParts = storeParts;
        this.keep = keep;
        this.random = random;
        this.clock = clock;
    }

    /** What was found in one namespace. */
    private record NamespaceFinding(List<Trial> trials, Instant at) {
        boolean all(Trial.TrialResult result) {
            return trials.stream().allMatch(t -> t.result() == result);
        }
    }

    private record RoundObstacle(String reason, Instant until) {}

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_NET, Control.TI_EGR);
    }

    @Override
    public Instant triedAt(Subject self, Instant now) {
        return findings.getOrDefault(self.identity(), Map.of()).values().stream()
                .map(NamespaceFinding::at)
                .min(Comparator.naturalOrder())
                .orElse(now);
    }

    @Override
    public boolean restsOnSpec() {
        return true;
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        if (!due(self).isEmpty()) {
            one.lockInterruptibly();
            try {
                List<TenantNamespace> due = due(self);
                for (int from = 0; from < due.size(); from += AT_ONCE) {
                    attack(self, due.subList(from, Math.min(due.size(), from + AT_ONCE)));
                }
            } finally {
                one.unlock();
            }
        }
        Map<TenantNamespace, NamespaceFinding> found = findings.getOrDefault(self.identity(), Map.of());
        return self.namespaces().stream()
                .flatMap(namespace -> found.containsKey(namespace)
                        ? found.get(namespace).trials().stream()
                        : unclear(namespace, "it was not tried yet").stream())
                .toList();
    }

    /** Where something is open it is looked at in every round, where nothing could be found out after a while. */
    private List<TenantNamespace> due(Subject self) {
        Instant now = clock.instant();
        Map<TenantNamespace, NamespaceFinding> found = findings.getOrDefault(self.identity(), Map.of());
        return self.namespaces().stream()
                .filter(namespace -> {
                    NamespaceFinding finding = found.get(namespace);
                    return finding == null || !now.isBefore(finding.at().plus(keep(finding)));
                })
                .toList();
    }

    private Duration keep(NamespaceFinding finding) {
        if (finding.all(Trial.TrialResult.Blocked)) {
            return keep;
        }
        boolean open = finding.trials().stream().anyMatch(t -> t.result() == Trial.TrialResult.Through);
        return open || keep.compareTo(AGAIN) < 0 ? Duration.ZERO : AGAIN;
    }

    private void attack(Subject self, List<TenantNamespace> namespaces) throws InterruptedException {
        Instant began = clock.instant();
        Map<TenantNamespace, List<Trial>> trials = new HashMap<>();
        String reason;
        try {
            Map<TenantNamespace, Exchange.ExchangeResult> results =
                    exchange(self, namespaces).results();
            reason = "it was not tried";
            results.forEach((namespace, result) -> trials.put(
                    namespace,
                    switch (result) {
                        case Exchange.ExchangeResult.Tried(List<Trial> tried) -> tried;
                        case Exchange.ExchangeResult.NotTried(String why) -> unclear(namespace, why);
                    }));
        } catch (NotTriedException e) {
            if (e.everywhere()) {
                obstacle = new RoundObstacle(e.reason(), began.plus(AGAIN));
            }
            reason = e.reason();
        } catch (KubernetesClientException e) {
            reason = ApiAnswers.reason(e);
        }
        Map<TenantNamespace, NamespaceFinding> all = new HashMap<>(findings.getOrDefault(self.identity(), Map.of()));
        all.keySet().retainAll(self.namespaces());
        for (TenantNamespace namespace : namespaces) {
            List<Trial> found = trials.get(namespace);
            all.put(namespace, new NamespaceFinding(found == null ? unclear(namespace, reason) : found, began));
        }
        forget(began);
        findings.put(self.identity(), Map.copyOf(all));
    }

    /** Tenants that are no more are not looked at any more. */
    private void forget(Instant now) {
        Instant old = now.minus(keep.multipliedBy(4)).minus(Duration.ofHours(1));
        findings.values().removeIf(found -> found.values().stream().allMatch(f -> f.at().isBefore(old)));
    }

    private Exchange exchange(Subject self, List<TenantNamespace> namespaces)
            throws NotTriedException, InterruptedException {
        if (nodes.read().stream().noneMatch(ConnectionProbe::ready)) {
            throw NotTriedException.here("no node of the cluster is ready to run the prober's pods");
        }
        if (cleared.add(self.identity())) {
            self.namespaces().forEach(pods::clear);
        }
        RoundObstacle known = obstacle;
        if (known != null && clock.instant().isBefore(known.until())) {
            throw NotTriedException.here(known.reason());
        }
        return new Exchange(
                pods, namespaces, otherEnd(self).namespaces().getFirst(), apiServers(), storeParts(), word());
    }

    /** Whoever tries by hand takes the other canary, so that he and the prober do not take each other's pods away. */
    private Subject otherEnd(Subject self) throws NotTriedException, InterruptedException {
        List<Subject> ends = canaries.read().stream()
                .filter(c -> !c.identity().equals(self.identity()))
                .toList();
        if (ends.isEmpty()) {
            throw NotTriedException.here("there is no canary tenant for the other end of the connection");
        }
        return keep.isZero() ? ends.getLast() : ends.getFirst();
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
            return servers(apiServer.getHost(), apiServer.getPort() < 0 ? HTTPS : apiServer.getPort());
        } catch (UnknownHostException e) {
            throw NotTriedException.everywhere("the API server's name does not resolve");
        }
    }

    /** What has no address has nobody to let in. */
    private List<Target> storeParts() throws InterruptedException {
        List<Target> targets = new ArrayList<>();
        for (String part : storeParts.read()) {
            int colon = part.lastIndexOf(':');
            try {
                targets.addAll(servers(part.substring(0, colon), Integer.parseInt(part.substring(colon + 1))));
            } catch (UnknownHostException e) {
                LOG.debug("{} does not resolve", part);
            }
        }
        return targets.stream().distinct().limit(STORE_PARTS).toList();
    }

    /** Without what is another machine to everybody who asks: a pod would reach its own. */
    private static List<Target> servers(String host, int port) throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(host))
                .filter(a -> !a.isLoopbackAddress() && !a.isAnyLocalAddress() && !a.isLinkLocalAddress())
                .map(a -> Target.server(a.getHostAddress(), port))
                .toList();
    }

    private String word() {
        byte[] word = new byte[WORD_BYTES];
        random.nextBytes(word);
        return HexFormat.of().formatHex(word);
    }

    private static List<Trial> unclear(TenantNamespace namespace, String reason) {
        Attempt nothing = Attempt.broken("the prober's pods", "the network of namespace " + namespace, reason);
        return List.of(Control.TI_NET, Control.TI_EGR).stream()
                .map(control -> new Trial(
                        control,
                        "connects to what the policies close",
                        Trial.TrialKind.SilentBreakOut,
                        nothing,
                        nothing))
                .toList();
    }
}
