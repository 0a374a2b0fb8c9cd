package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.operator.database.DatabaseFacts.RunningServer;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether two DatabaseServers lead to one database, which would mix what is to be apart, production with development; the
 * older keeps it, also while it cannot be reached. They lead to one when their specs say so, or when the server says of
 * itself that it is the same by another name. Safe for several threads.
 */
final class DatabaseClaims {
    private static final Comparator<DatabaseServer> OLDER = Comparator.comparing((DatabaseServer server) ->
                    Objects.requireNonNullElse(server.getMetadata().getCreationTimestamp(), ""))
            .thenComparing(server -> server.getMetadata().getName());

    private final Supplier<Stream<DatabaseServer>> all;
    private final InstantSource clock;

    /** What was found where a DatabaseServer leads, by {@link #key}. */
    private final Map<String, Sighting> sightings = new ConcurrentHashMap<>();

    /**
     * Nothing was seen yet.
     *
     * @param all the DatabaseServers there are, whether or not they can be used
     */
    DatabaseClaims(Supplier<Stream<DatabaseServer>> all, InstantSource clock) {
        this.all = all;
        this.clock = clock;
    }

    private record Sighting(RunningServer server, Instant at) {
        /**
         * Whether it is the same server. Files that were copied belong to two, which started at two moments: each was seen
         * after both.
         */
        boolean isOf(Sighting other) {
            if (server.system() == null || !server.system().equals(other.server.system())) {
                return false;
            }
            return server.startedAt().equals(other.server.startedAt())
                    || at.isBefore(other.server.startedAt())
                    || other.at.isBefore(server.startedAt());
        }
    }

    /**
     * Why nobody should live there: an older DatabaseServer leads to one of the databases.
     *
     * @param found which server was found there now; null when it could not be asked
     */
    Optional<Finding> rival(DatabaseServer self, @Nullable RunningServer found) {
        List<DatabaseServer> there = all.get().toList();
        if (found != null) {
            sightings.put(key(self), new Sighting(found, clock.instant()));
        }
        sightings
                .keySet()
                .retainAll(Stream.concat(there.stream(), Stream.of(self))
                        .map(DatabaseClaims::key)
                        .collect(Collectors.toSet()));
        return there.stream()
                .filter(other -> OLDER.compare(other, self) < 0)
                .sorted(OLDER)
                .flatMap(other -> shared(self, other).stream())
                .findFirst();
    }

    private Optional<Finding> shared(DatabaseServer self, DatabaseServer other) {
        Sighting mine = sightings.get(key(self));
        Sighting its = sightings.get(key(other));
        if (!address(self).equals(address(other)) && (mine == null || its == null || !mine.isOf(its))) {
            return Optional.empty();
        }
        return self.getSpec().databases().stream()
                .filter(other.getSpec().databases()::contains)
                .findFirst()
                .map(
                        database -> new Finding(
                                Reason.Conflict,
                                "DatabaseServer " + self.getMetadata().getName(),
                                "leads to database " + database + " of DatabaseServer "
                                        + other.getMetadata().getName()
                                        + ", which is older: name another database in spec.databases, or delete one of the two"));
    }

    /** What is known of one object is known of where it leads now. */
    private static String key(DatabaseServer server) {
        return server.getMetadata().getName() + " " + server.getMetadata().getUid() + " " + address(server);
    }

    private static String address(DatabaseServer server) {
        String host = server.getSpec().host().toLowerCase(Locale.ROOT);
        return (host.endsWith(".") ? host.substring(0, host.length() - 1) : host) + ":"
                + server.getSpec().port();
    }
}
