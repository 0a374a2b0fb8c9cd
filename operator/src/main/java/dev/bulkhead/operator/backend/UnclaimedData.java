package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus.LeftBehind;
import dev.bulkhead.api.v1beta1.BackendStatus.Unclaimed;
import dev.bulkhead.operator.backend.OpenBackend.Marked;
import dev.bulkhead.operator.identity.Marks;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds data on servers and stores that no Tenant and no Tombstone claims, as after etcd went back to a time before a
 * tenant was made. Nothing is done to it.
 */
final class UnclaimedData {
    /** Whose key rings are looked up, and who is named: a status has no room for all that a server could hold. */
    static final int NAMED = 20;

    private static final String MESSAGE =
            "there is neither a Tenant nor a Tombstone of these tenants here; what they have"
                    + " is kept as it is, logins and keys that were delivered included. To take one over: 'keys import' with an"
                    + " export of its key ring sets a Tombstone, then apply the Tenant under its former name with spec.adopt."
                    + " Without an export: docs/restore.md, \"Data that nobody claims\". Nothing is wrong where another"
                    + " installation of Bulkhead keeps its tenants here, too";

    private final Supplier<Optional<Set<String>>> claimed;
    private final Function<String, Optional<Secret>> keyRings;
    private final Map<String, Set<String>> seen = new ConcurrentHashMap<>();

    /** Whom it belonged to, as far as the key ring said so when it was asked: a ring that comes brings a Tombstone. */
    private final Map<String, Former> asked = new ConcurrentHashMap<>();

    private record Former(@Nullable String tenant, @Nullable String identity) {}

    /**
     * For the servers or stores of one kind.
     *
     * @param claimed suffixes of the names of every tenant that is here or has a Tombstone; empty when nobody can tell
     * @param keyRings the Secret with the keys of the tenant with that suffix
     */
    UnclaimedData(Supplier<Optional<Set<String>>> claimed, Function<String, Optional<Secret>> keyRings) {
        this.claimed = claimed;
        this.keyRings = keyRings;
    }

    /**
     * What nobody claims now and nobody claimed at the look before: a Tenant that was just removed may be gone from a cache
     * before its Tombstone is in the other.
     *
     * @param marked what the last look saw
     * @return empty when it is not known, as at the first look
     */
    Optional<Unclaimed> among(String backend, Collection<Marked> marked) {
        Set<String> known = claimed.get().orElse(null);
        if (known == null) {
            return Optional.empty();
        }
        // A server may hold a schema twice, as after a restore into another database: it is one tenant's all the same.
        SortedMap<String, List<Marked>> now = marked.stream()
                .filter(found -> !known.contains(found.suffix()))
                .collect(Collectors.groupingBy(Marked::suffix, TreeMap::new, Collectors.toList()));
        Set<String> before = seen.put(backend, Set.copyOf(now.keySet()));
        if (before == null) {
            return Optional.empty();
        }
        asked.keySet().removeAll(known);
        List<List<Marked>> left = now.entrySet().stream()
                .filter(found -> before.contains(found.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        return Optional.of(new Unclaimed(
                left.size(), left.stream().limit(NAMED).map(this::kept).toList(), MESSAGE));
    }

    /** Whether there is data that was not told of: of more than can be named only their number tells. */
    static boolean isNews(@Nullable Unclaimed before, Unclaimed now) {
        if (before == null || now.count() > before.count()) {
            return true;
        }
        Set<String> told = before.first().stream().map(LeftBehind::name).collect(Collectors.toSet());
        return told.size() == before.count()
                && !now.first().stream().map(LeftBehind::name).allMatch(told::contains);
    }

    private LeftBehind kept(List<Marked> ofOne) {
        Former former = former(ofOne.getFirst().suffix());
        return new LeftBehind(
                ofOne.getFirst().name(),
                ofOne.stream()
                        .flatMap(found -> Stream.ofNullable(found.inside()))
                        .sorted()
                        .toList(),
                former.tenant(),
                former.identity());
    }

    private Former former(String suffix) {
        Former known = asked.get(suffix);
        if (known != null) {
            return known;
        }
        try {
            Former found = keyRings.apply(suffix)
                    .map(ring -> new Former(Marks.label(ring, Marks.TENANT), Marks.label(ring, Marks.IDENTITY)))
                    .orElse(new Former(null, null));
            asked.put(suffix, found);
            return found;
        } catch (KubernetesClientException _) {
            return new Former(null, null); // asked again at the next look
        }
    }
}
