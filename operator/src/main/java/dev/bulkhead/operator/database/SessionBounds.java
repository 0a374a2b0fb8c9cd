package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which sessions of tenants hold more of what all databases of a server share than one tenant may, and no setting of
 * PostgreSQL divides: its lock table, and the age of the oldest transaction, behind which nothing dead is cleared away.
 */
@Pure
final class SessionBounds {
    /** Logins of tenants, as PostgreSQL's regular expressions read it too. */
    static final String LOGIN = "^t_[a-z2-7]{16}_(l1|l2|bkp)$";

    /** How long a transaction of a tenant may stay open. */
    static final Duration LONGEST = Duration.ofHours(24);

    /** Of the table, for all sessions of one tenant together: so three more tenants may do the same and nobody is kept out. */
    private static final int SHARE = 4;

    private static final Pattern TENANT_LOGIN = Pattern.compile(LOGIN);
    private static final int SCHEMA_LENGTH = 18;

    private SessionBounds() {}

    /**
     * What a session holds.
     *
     * @param login of a tenant
     * @param locks entries of the lock table
     * @param open how long its transaction is known to be open; zero when it has none
     */
    record SessionHold(int pid, String login, long locks, Duration open) {
        /** Schema of the tenant, by which its roles are named. */
        String schema() {
            return login.substring(0, SCHEMA_LENGTH);
        }
    }

    /**
     * A session to end.
     *
     * @param why LocksExceeded or TransactionTooLong
     */
    record SessionExcess(SessionHold session, Reason why) {}

    /**
     * How many entries one tenant may hold.
     *
     * @param perTransaction {@code max_locks_per_transaction}
     * @param transactions {@code max_connections} and {@code max_prepared_transactions}
     */
    static long share(long perTransaction, long transactions) {
        return Math.max(1, perTransaction * transactions / SHARE);
    }

    /**
     * Sessions whose transaction is open for too long, and of each tenant that holds more than its share of locks the
     * largest, until what is left is within it.
     */
    static List<SessionExcess> excesses(List<SessionHold> sessions, long share) {
        List<SessionHold> tenants = sessions.stream()
                .filter(session -> TENANT_LOGIN.matcher(session.login()).matches())
                .toList();
        List<SessionExcess> ended = new ArrayList<>();
        Set<Integer> gone = new HashSet<>();
        for (SessionHold session : tenants) {
            if (session.open().compareTo(LONGEST) > 0) {
                ended.add(new SessionExcess(session, Reason.TransactionTooLong));
                gone.add(session.pid());
            }
        }
        Map<String, List<SessionHold>> byTenant = tenants.stream()
                .filter(session -> !gone.contains(session.pid()))
                .sorted(Comparator.comparingLong(SessionHold::locks).reversed().thenComparingInt(SessionHold::pid))
                .collect(Collectors.groupingBy(SessionHold::schema, TreeMap::new, Collectors.toList()));
        for (List<SessionHold> held : byTenant.values()) {
            long left = held.stream().mapToLong(SessionHold::locks).sum();
            for (SessionHold session : held) {
                if (left <= share) {
                    break;
                }
                ended.add(new SessionExcess(session, Reason.LocksExceeded));
                left -= session.locks();
            }
        }
        return List.copyOf(ended);
    }
}
