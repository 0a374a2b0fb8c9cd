package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.PlatformAccess;
import dev.bulkhead.operator.evidence.ServerStanding;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Attempts of one kind to get out of a compartment. It borrows, for seconds, the identity it tests, and leaves nothing
 * behind, also when it is killed in the middle.
 */
public interface Probe {
    /** Controls it says something about. */
    Set<Control> proves();

    /**
     * Tries to get out of {@code self} into each of {@code others}. Whatever it meets becomes a trial; what it could
     * not find out is a trial that is unclear, with the reason, and never one that is left out.
     *
     * @param others sampled tenants to attack; empty where there is no other tenant
     * @throws InterruptedException when the round is to end
     */
    List<Trial> run(Subject self, List<Subject> others) throws InterruptedException;

    /**
     * When the oldest of what {@link #run} returned last for this tenant was tried: a probe that is too costly for every
     * round says the same again for a while, and proof counts from when it was made.
     *
     * @param now what a probe says that tries everything each time
     */
    default Instant triedAt(Subject self, Instant now) {
        return now;
    }

    /** From now on it looks at nothing that was read before that moment. */
    default void notBefore(Instant moment) {}

    /**
     * What it found is to be tried once more: what comes next was tried after that moment, also where it else says the same
     * again for a while.
     */
    default void again(Instant moment) {
        notBefore(moment);
    }

    /** Whether what it takes for allowed follows from what Tenants ask for: then a Tenant that is refused tells it nothing. */
    default boolean restsOnSpec() {
        return false;
    }

    /** Who of the platform reaches into all tenants, as it saw last; empty where it does not look. */
    default Optional<PlatformAccess> access() {
        return Optional.empty();
    }

    /** What it found of servers that tenants share, which is a finding of the server and not of each of them. */
    default List<ServerStanding> servers() {
        return List.of();
    }
}
