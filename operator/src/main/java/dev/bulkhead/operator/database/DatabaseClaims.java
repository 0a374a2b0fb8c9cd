package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.operator.database.DatabaseFacts.RunningServer;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which DatabaseServer leads to which databases. Two that lead to one would mix what is to be apart, production with
 * development; the older keeps it. They lead to one when their specs say so, or when the server says of itself that it is
 * the same by another name. Safe for several threads.
 */
final class DatabaseClaims {
    private static final Comparator<DatabaseClaim> OLDER =
            Comparator.comparing((DatabaseClaim claim) -> claim.created).thenComparing(claim -> claim.name);

    private final Set<DatabaseClaim> claims = ConcurrentHashMap.newKeySet();
    private final InstantSource clock;

    DatabaseClaims(InstantSource clock) {
        this.clock = clock;
    }

    /** What a DatabaseServer leads to, until it is released. */
    DatabaseClaim of(DatabaseServer server) {
        DatabaseClaim claim = new DatabaseClaim(server);
        claims.add(claim);
        return claim;
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

    /** One DatabaseServer as it was when it was opened. */
    final class DatabaseClaim {
        private final String name;
        private final String created;
        private final String address;
        private final List<String> databases;
        private volatile @Nullable Sighting seen;

        private DatabaseClaim(DatabaseServer server) {
            name = server.getMetadata().getName();
            created = Objects.requireNonNullElse(server.getMetadata().getCreationTimestamp(), "");
            String host = server.getSpec().host().toLowerCase(Locale.ROOT);
            address = (host.endsWith(".") ? host.substring(0, host.length() - 1) : host) + ":"
                    + server.getSpec().port();
            databases = List.copyOf(server.getSpec().databases());
        }

        /** Names, in the order of the spec. */
        List<String> databases() {
            return databases;
        }

        /**
         * Why nobody should live there: an older DatabaseServer leads to one of the databases.
         *
         * @param server which was found there now; null when it could not be asked
         */
        Optional<Finding> rival(@Nullable RunningServer server) {
            seen = server == null ? seen : new Sighting(server, clock.instant());
            return claims.stream()
                    .filter(other -> OLDER.compare(other, this) < 0)
                    .sorted(OLDER)
                    .flatMap(other -> shared(other).stream())
                    .findFirst();
        }

        private Optional<Finding> shared(DatabaseClaim other) {
            Sighting mine = seen;
            Sighting its = other.seen;
            if (!address.equals(other.address) && (mine == null || its == null || !mine.isOf(its))) {
                return Optional.empty();
            }
            List<String> both = new ArrayList<>(databases);
            both.retainAll(other.databases);
            return both.stream()
                    .findFirst()
                    .map(
                            database -> new Finding(
                                    Reason.Conflict,
                                    "DatabaseServer " + name,
                                    "leads to database " + database + " of DatabaseServer " + other.name
                                            + ", which is older: name another database in spec.databases, or delete one of the two"));
        }

        /** It leads nowhere any more. */
        void release() {
            claims.remove(this);
        }
    }
}
