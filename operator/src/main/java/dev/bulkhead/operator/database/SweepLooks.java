package dev.bulkhead.operator.database;

import dev.bulkhead.operator.identity.TenantIdentity;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a sweep saw of a database. Where one look at all tenants takes longer than the server gives it, ever smaller ones
 * leave out whoever it is because of.
 *
 * @param snapshot of the database and of every tenant with a name in it
 * @param cutOff tenants of which even a look of their own is cut off
 * @param unseen tenants that nobody came to: too many looks were cut off
 */
record SweepLooks(CatalogueSnapshot snapshot, Set<TenantIdentity> cutOff, Set<TenantIdentity> unseen) {
    /**
     * Looks that may be cut off in one sweep, each after 15 s: enough to find one tenant among a thousand, and few enough
     * for a sweep to end before the next but a few.
     */
    private static final int MOST_CUT_OFF = 11;

    SweepLooks {
        cutOff = Set.copyOf(cutOff);
        unseen = Set.copyOf(unseen);
    }

    /** A way to look, see {@link SharedDatabase#look}. */
    @FunctionalInterface
    interface ScopedLook {
        CatalogueSnapshot at(CatalogueScope scope) throws SQLException;
    }

    /** Looks at all that have a name in the database, and closely at these. */
    static SweepLooks of(ScopedLook look, Collection<TenantIdentity> tenants) throws SQLException {
        try {
            return new SweepLooks(look.at(CatalogueScope.all()), Set.of(), Set.of());
        } catch (SQLException failure) {
            if (!SqlTrouble.cutOff(failure)) {
                throw failure;
            }
        }
        CatalogueSnapshot everybody = look.at(CatalogueScope.all().onlyNames());
        Map<String, ObservedSchema> found = new HashMap<>(everybody.tenants());
        Set<TenantIdentity> cutOff = new HashSet<>();
        Deque<List<TenantIdentity>> parts = new ArrayDeque<>();
        halve(
                tenants.stream()
                        .sorted(Comparator.comparing(TenantIdentity::value))
                        .toList(),
                parts);
        for (int left = MOST_CUT_OFF; left > 0 && !parts.isEmpty(); ) {
            List<TenantIdentity> part = parts.removeFirst();
            try {
                found.putAll(look.at(CatalogueScope.of(part)).tenants());
            } catch (SQLException failure) {
                if (!SqlTrouble.cutOff(failure)) {
                    throw failure;
                }
                left--;
                if (part.size() == 1) {
                    cutOff.addAll(part);
                } else {
                    halve(part, parts);
                }
            }
        }
        Set<TenantIdentity> unseen = new HashSet<>();
        parts.forEach(unseen::addAll);
        return new SweepLooks(new CatalogueSnapshot(everybody.facts(), found), cutOff, unseen);
    }

    /** The halves come before what was there: whoever makes looks too long is found with the fewest of them. */
    private static void halve(List<TenantIdentity> part, Deque<List<TenantIdentity>> parts) {
        int middle = part.size() / 2;
        if (middle < part.size()) {
            parts.addFirst(part.subList(middle, part.size()));
        }
        if (middle > 0) {
            parts.addFirst(part.subList(0, middle));
        }
    }
}
