package dev.bulkhead.e2e.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server took of the processors for each tenant, with few tenants on it and with many. Looks and sweeps are in it,
 * and whatever else the server did meanwhile. Pure.
 *
 * @param tenants how many the first and the last group have
 * @param firstMillis of processor time for each tenant of the first group
 * @param lastMillis of processor time for each tenant of the last group
 * @param ratio the last group's divided by the first group's
 */
record Growth(int tenants, double firstMillis, double lastMillis, double ratio) {
    private static final int GROUP = 100;

    /**
     * A reading while tenants become Ready.
     *
     * @param ready tenants that are
     * @param millis processor time of the server so far
     */
    record ReadySample(int ready, long millis) {}

    /**
     * From readings in the order of time.
     *
     * @return null when there are too few tenants, or readings, to compare anything
     */
    static @Nullable Growth of(List<ReadySample> readings) {
        if (readings.size() < 3) {
            return null;
        }
        ReadySample begin = readings.getFirst();
        ReadySample end = readings.getLast();
        int group = Math.min(GROUP, (end.ready() - begin.ready()) / 2);
        ReadySample first = readings.stream()
                .filter(reading -> reading.ready() >= begin.ready() + group)
                .findFirst()
                .orElse(end);
        ReadySample last = readings.reversed().stream()
                .filter(reading -> reading.ready() <= end.ready() - group)
                .findFirst()
                .orElse(begin);
        double few = perTenant(begin, first);
        double many = perTenant(last, end);
        return group < 1 || few <= 0 ? null : new Growth(group, few, many, many / few);
    }

    private static double perTenant(ReadySample from, ReadySample to) {
        return (double) (to.millis() - from.millis()) / Math.max(1, to.ready() - from.ready());
    }
}
