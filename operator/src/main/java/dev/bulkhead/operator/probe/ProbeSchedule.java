package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each tenant is attacked next. A round that found something else than the one before is followed by another one
 * soon: a way that was closed shows closed, and what was only just being made shows made.
 */
final class ProbeSchedule {
    private static final Duration SOON = Duration.ofMinutes(1);

    /** Something was only just changing. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    /** Rounds that follow at once, one after the other: who changes all the time is looked at like others. */
    private static final int AT_ONCE_MOST = 6;

    private final Duration interval;
    private final Map<TenantIdentity, Turn> turns = new ConcurrentHashMap<>();

    private record Turn(Instant next, Map<Control, RoundFinding> found, int passing) {}

    /**
     * Nobody had a turn yet.
     *
     * @param interval between two rounds that find the same
     */
    ProbeSchedule(Duration interval) {
        this.interval = interval;
    }

    /** When it is this tenant's turn; the beginning of time for one that never had one. */
    Instant of(TenantIdentity tenant) {
        Turn turn = turns.get(tenant);
        return turn == null ? Instant.MIN : turn.next();
    }

    /** Forgets all but these. */
    void keep(Collection<TenantIdentity> tenants) {
        turns.keySet().retainAll(tenants);
    }

    /** A round begins; if it never ends, another one comes soon. */
    void begun(TenantIdentity tenant, Instant now) {
        turns.merge(
                tenant,
                new Turn(now.plus(soon(SOON)), Map.of(), 0),
                (before, begun) -> new Turn(begun.next(), before.found(), before.passing()));
    }

    /**
     * A round ended, and what it found is kept.
     *
     * @param passing whether something was only just changing
     */
    void ended(TenantIdentity tenant, List<ControlProof> proofs, boolean passing, Instant now) {
        Map<Control, RoundFinding> found = new EnumMap<>(Control.class);
        proofs.forEach(proof -> found.put(proof.control(), proof.finding()));
        turns.compute(tenant, (_, before) -> {
            int times = !passing ? 0 : before == null ? 1 : before.passing() + 1;
            if (times > 0 && times <= AT_ONCE_MOST) {
                return new Turn(now.plus(soon(AT_ONCE)), found, times);
            }
            boolean same = before != null && before.found().equals(found);
            return new Turn(now.plus(same ? interval : soon(SOON)), found, times);
        });
    }

    private Duration soon(Duration wished) {
        return wished.compareTo(interval) < 0 ? wished : interval;
    }
}
