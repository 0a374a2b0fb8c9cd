package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.PlatformReportPlanner.Coverage;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who has attacked whom within the last 30 days, since this prober started. Two bytes for each pair: 2 MB for a thousand
 * tenants. Safe for several threads.
 */
final class PairCoverage {
    private static final Duration WINDOW = Duration.ofDays(30);

    private final Instant start;
    private final Map<TenantIdentity, Integer> slots = new HashMap<>();
    private final List<Integer> free = new ArrayList<>();
    /** By attacker and attacked: the day since the start, from 1; 0 is never. */
    private short[][] days = new short[0][0];

    PairCoverage(Instant start) {
        this.start = start;
    }

    /** One tenant has attacked these. */
    synchronized void attacked(TenantIdentity self, Collection<TenantIdentity> others, Instant now) {
        int row = slot(self);
        for (TenantIdentity other : others) {
            int column = slot(other);
            days[row][column] = day(now);
        }
    }

    /** What is covered among the tenants that there are now; forgets all others. */
    synchronized Coverage of(Collection<TenantIdentity> alive, Instant now) {
        Set<TenantIdentity> living = new HashSet<>(alive);
        slots.entrySet().removeIf(slot -> {
            boolean gone = !living.contains(slot.getKey());
            if (gone) {
                clear(slot.getValue());
                free.add(slot.getValue());
            }
            return gone;
        });
        int oldest = Math.max(1, day(now) - (int) WINDOW.toDays());
        long attacked = slots.values().stream()
                .flatMap(row -> slots.values().stream()
                        .filter(column -> !column.equals(row))
                        .map(column -> days[row][column]))
                .filter(day -> day >= oldest)
                .count();
        Instant since = now.minus(WINDOW);
        return new Coverage(
                attacked, (long) living.size() * Math.max(0, living.size() - 1), since.isAfter(start) ? since : start);
    }

    private short day(Instant now) {
        return (short)
                Math.min(Short.MAX_VALUE, 1 + Duration.between(start, now).toDays());
    }

    private int slot(TenantIdentity tenant) {
        return slots.computeIfAbsent(tenant, _ -> free.isEmpty() ? grow() : free.removeLast());
    }

    private int grow() {
        int taken = slots.size() + free.size();
        if (taken == days.length) {
            int size = Math.max(16, days.length * 2);
            short[][] larger = new short[size][];
            for (int i = 0; i < size; i++) {
                larger[i] = i < days.length ? Arrays.copyOf(days[i], size) : new short[size];
            }
            days = larger;
        }
        return taken;
    }

    private void clear(int slot) {
        Arrays.fill(days[slot], (short) 0);
        for (short[] row : days) {
            row[slot] = 0;
        }
    }
}
