package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which sessions of tenants hold too much of a server's lock table, which all databases share and no setting of
 * PostgreSQL divides. Pure.
 */
@Pure
final class HeldLocks {
    /** Logins of tenants, as PostgreSQL's regular expressions read it too. */
    static final String LOGIN = "^t_[a-z2-7]{16}_(l1|l2|bkp)$";

    /** Of the table, for all sessions of one tenant together: so three more tenants may do the same and nobody is kept out. */
    private static final int SHARE = 4;

    private static final Pattern TENANT_LOGIN = Pattern.compile(LOGIN);
    private static final int SCHEMA_LENGTH = 18;

    private HeldLocks() {}

    /**
     * A session and the entries of the lock table it holds.
     *
     * @param login of a tenant
     */
    record LockHolder(int pid, String login, long locks) {
        /** Schema of the tenant, by which its roles are named. */
        String schema() {
            return login.substring(0, SCHEMA_LENGTH);
        }
    }

    /**
     * How many entries one tenant may hold.
     *
     * @param perTransaction {@code max_locks_per_transaction}
     * @param transactions {@code max_connections} and {@code max_prepared_transactions}
     */
    static long share(long perTransaction, long transactions) {
        return Math.max(1, perTransaction * transactions / SHARE);
    }

    /** The sessions to end: of each tenant that holds more than its share the largest, until what is left is within it. */
    static List<LockHolder> tooMany(List<LockHolder> sessions, long share) {
        Map<String, List<LockHolder>> tenants = sessions.stream()
                .filter(session -> TENANT_LOGIN.matcher(session.login()).matches())
                .sorted(Comparator.comparingLong(LockHolder::locks).reversed().thenComparingInt(LockHolder::pid))
                .collect(Collectors.groupingBy(LockHolder::schema, TreeMap::new, Collectors.toList()));
        List<LockHolder> ended = new ArrayList<>();
        for (List<LockHolder> held : tenants.values()) {
            long left = held.stream().mapToLong(LockHolder::locks).sum();
            for (LockHolder session : held) {
                if (left <= share) {
                    break;
                }
                ended.add(session);
                left -= session.locks();
            }
        }
        return List.copyOf(ended);
    }
}
