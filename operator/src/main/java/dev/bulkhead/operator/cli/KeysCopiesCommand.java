package dev.bulkhead.operator.cli;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.KeyRingCopies;
import dev.bulkhead.operator.secret.KeyRingCopies.Copy;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bulkhead keys copies}: which copies of key rings there are, and that some were destroyed. */
@Command(
        name = "copies",
        mixinStandardHelpOptions = true,
        description = "Lists the copies that were made of key rings, and whose keys are in them.",
        footer = {"", "Exit codes: 0 listed, 1 it could not be done, 2 wrong usage."})
final class KeysCopiesCommand implements Callable<Integer> {
    private final Supplier<Config> config;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ClusterAccess cluster = new ClusterAccess();

    @Option(names = "--tenant", paramLabel = "NAME", description = "Only copies with this Tenant's keys.")
    private @Nullable String tenant;

    @Option(
            names = "--destroyed",
            paramLabel = "ID",
            description = "You destroyed this copy, wherever it lay: it is no longer listed. May be repeated.")
    private List<String> destroyed = new ArrayList<>();

    KeysCopiesCommand(Supplier<Config> config) {
        this.config = config;
    }

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (KubernetesClient client = cluster.client(config)) {
            ListedCopy listed = listed(client);
            Map<Copy, Set<String>> copies = listed.copies();
            if (copies.isEmpty()) {
                out.println("no copy is listed");
            }
            copies.forEach((copy, names) -> out.println(copy.id() + "  " + copy.at() + "  recovery key "
                    + copy.recoveryKey() + "  " + "key rings of " + names.size() + ": "
                    + names.stream().limit(5).collect(Collectors.joining(", ")) + (names.size() > 5 ? ", …" : "")));
            return listed.unlisted().isEmpty()
                    ? 0
                    : failed("--destroyed " + String.join(", ", listed.unlisted())
                            + ": no key ring lists such a copy; 'bulkhead keys copies' shows their ids");
        } catch (KubernetesClientException e) {
            return failed(ClusterAccess.words(e));
        } catch (OperatorSettings.UnusableSettingsException e) {
            return failed(e.getMessage());
        }
    }

    private int failed(@Nullable String message) {
        Objects.requireNonNull(spec).commandLine().getErr().println("keys: " + message);
        return 1;
    }

    /** What is listed, without what was destroyed. */
    private ListedCopy listed(KubernetesClient client) throws OperatorSettings.UnusableSettingsException {
        KeyRingCopies rings = cluster.keyRings(client);
        Map<Copy, Set<String>> copies =
                new TreeMap<>(Comparator.comparing(Copy::at).thenComparing(Copy::id));
        Set<String> unlisted = new TreeSet<>(destroyed);
        for (TenantIdentity identity : RingOwners.of(client, rings, _ -> {}).keySet()) {
            for (String id : destroyed) {
                if (rings.find(identity).stream()
                        .anyMatch(ring -> KeyRingCopies.copies(ring.state()).stream()
                                .anyMatch(copy -> copy.id().equals(id)))) {
                    rings.destroyed(identity, id);
                    unlisted.remove(id);
                }
            }
            rings.find(identity)
                    .filter(ring -> tenant == null || tenant.equals(ring.tenant()))
                    .ifPresent(ring -> KeyRingCopies.copies(ring.state())
                            .forEach(copy -> copies.computeIfAbsent(copy, _ -> new TreeSet<>())
                                    .add(ring.tenant())));
        }
        return new ListedCopy(copies, unlisted);
    }

    /** The tenants' names by copy, the oldest first, and which ids of {@code --destroyed} no ring listed. */
    private record ListedCopy(Map<Copy, Set<String>> copies, Set<String> unlisted) {}
}
