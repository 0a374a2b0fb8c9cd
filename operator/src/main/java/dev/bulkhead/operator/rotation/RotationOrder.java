package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.Rotation;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Which Rotation comes first, and how long one that is over is kept. Pure. */
final class RotationOrder {
    /** Finished ones that are kept of a tenant. */
    private static final int KEPT = 10;

    /** How long a finished one is kept at most. */
    private static final Duration KEPT_FOR = Duration.ofDays(30);

    static final Comparator<Rotation> FIRST_COME = Comparator.comparing(
                    (Rotation r) -> Objects.requireNonNullElse(r.getMetadata().getCreationTimestamp(), ""))
            .thenComparing(r -> r.getMetadata().getName());

    /** What follows a breach does not wait for what was only due: that one finishes nothing it could not leave half done. */
    static final Comparator<Rotation> TURN =
            Comparator.comparing((Rotation r) -> !r.getSpec().atOnce()).thenComparing(FIRST_COME);

    private RotationOrder() {}

    static boolean over(Rotation rotation) {
        JobStatus status = rotation.getStatus();
        return status != null && status.phase() != null && status.phase().over();
    }

    /** The one of the same tenant that comes before it, if it is not over. */
    static Optional<Rotation> before(Rotation rotation, List<Rotation> ofTenant) {
        return ofTenant.stream()
                .filter(other -> !over(other) && TURN.compare(other, rotation) < 0)
                .min(TURN);
    }

    /**
     * Until when a finished one is kept: a while, and fewer of them when there are many.
     *
     * @param asked whether the Tenant's annotation still asks for it: without it, it would be made again
     */
    static Instant keptUntil(Rotation rotation, List<Rotation> ofTenant, boolean asked) {
        if (asked) {
            return Instant.MAX;
        }
        long newer = ofTenant.stream()
                .filter(other -> over(other) && FIRST_COME.compare(other, rotation) > 0)
                .count();
        JobStatus status = rotation.getStatus();
        String finished = status == null ? null : status.finishedAt();
        return newer >= KEPT || finished == null
                ? Instant.EPOCH
                : Instant.parse(finished).plus(KEPT_FOR);
    }
}
