package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.Rotation;
import dev.bulkhead.api.v1beta1.RotationSpec;
import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.api.v1beta1.RotationSpec.Trigger;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Look;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which Rotations are to be made for a tenant now: because its annotation asks, because a breach was found, because
 * something is due. Pure; the same question twice gives the same names, so that no Rotation is made twice.
 */
@Pure
public final class RotationTriggerPlanner {
    /** Annotation on a Tenant: {@code all@<anything>} or {@code database,tenant-key@<anything>}; a new value asks anew. */
    public static final String ANNOTATION = "bulkhead.dev/rotate";

    /** What is due within this part of the period goes along with what is due now. */
    private static final int TOGETHER = 10;

    /** A scheduled one that failed is made again after this time. */
    private static final Duration AGAIN = Duration.ofHours(6);

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private RotationTriggerPlanner() {}

    /**
     * What is to be made for one tenant; at most one a time.
     *
     * @param incidents of the tenant
     * @param rotations of the tenant
     * @param supplied parts whose credentials somebody else makes
     */
    static Optional<Rotation> plan(
            Tenant tenant,
            Set<PartId> supplied,
            @Nullable TenantProfileSpec profile,
            List<Incident> incidents,
            List<Rotation> rotations,
            Instant now) {
        if (tenant.getMetadata().getDeletionTimestamp() != null
                || tenant.getStatus() == null
                || tenant.getStatus().keys() == null) {
            return Optional.empty();
        }
        return breach(tenant, supplied, incidents, rotations, now)
                .or(() -> asked(tenant, rotations))
                .or(() -> due(tenant, supplied, profile, rotations, now));
    }

    /** Why the Tenant's annotation cannot be understood; empty when it can, or when there is none. */
    static Optional<String> misunderstood(Tenant tenant) {
        String value = annotation(tenant);
        return value == null || wanted(value).isPresent()
                ? Optional.empty()
                : Optional.of("annotation " + ANNOTATION + " is to be all@<anything new>, or some of "
                        + Rotatable.allSpelled() + " before the @");
    }

    /** Name of the Rotation that the Tenant's annotation asks for now. */
    static Optional<String> askedFor(Tenant tenant) {
        String value = annotation(tenant);
        return value == null
                ? Optional.empty()
                : Optional.of(tenant.getMetadata().getName() + "-asked-"
                        + hash(tenant.getMetadata().getUid() + " " + value));
    }

    private static Optional<Rotation> asked(Tenant tenant, List<Rotation> rotations) {
        String name = askedFor(tenant).orElse(null);
        List<Rotatable> what = Optional.ofNullable(annotation(tenant))
                .flatMap(RotationTriggerPlanner::wanted)
                .orElse(null);
        if (name == null || what == null || exists(rotations, name)) {
            return Optional.empty();
        }
        return Optional.of(rotation(
                tenant, name, what, false, Trigger.Annotation, "annotation " + ANNOTATION + ": " + annotation(tenant)));
    }

    /** One for all Incidents up to the newest; none for what somebody has dealt with or was exchanged since. */
    private static Optional<Rotation> breach(
            Tenant tenant, Set<PartId> supplied, List<Incident> incidents, List<Rotation> rotations, Instant now) {
        Incident newest = incidents.stream()
                .filter(i -> i.getSpec().acknowledgement() == null)
                .max((a, b) -> made(a.getMetadata().getCreationTimestamp())
                        .compareTo(made(b.getMetadata().getCreationTimestamp())))
                .orElse(null);
        if (newest == null) {
            return Optional.empty();
        }
        Instant found = made(newest.getMetadata().getCreationTimestamp());
        String name = tenant.getMetadata().getName() + "-breach-" + STAMP.format(found);
        boolean covered = exists(rotations, name)
                || rotations.stream()
                        .anyMatch(r -> r.getSpec().trigger() == Trigger.Breach
                                && !made(r.getMetadata().getCreationTimestamp()).isBefore(found));
        Map<Rotatable, Instant> last = last(tenant.getStatus(), now);
        boolean exchanged = RotationSchedule.exchangeable(supplied).stream()
                .allMatch(what -> last.containsKey(what) && last.get(what).isAfter(found));
        return covered || exchanged
                ? Optional.empty()
                : Optional.of(rotation(
                        tenant,
                        name,
                        List.of(),
                        true,
                        Trigger.Breach,
                        "Incident " + newest.getMetadata().getName()));
    }

    private static Optional<Rotation> due(
            Tenant tenant,
            Set<PartId> supplied,
            @Nullable TenantProfileSpec profile,
            List<Rotation> rotations,
            Instant now) {
        Map<Rotatable, Instant> last = last(tenant.getStatus(), now);
        Map<Rotatable, Instant> due = RotationSchedule.due(tenant, supplied, last, profile);
        if (due.values().stream().allMatch(now::isBefore) || rotations.stream().anyMatch(r -> recent(r, now))) {
            return Optional.empty();
        }
        List<Rotatable> what = new ArrayList<>();
        due.forEach((rotatable, at) -> {
            Instant from =
                    last.getOrDefault(rotatable, made(tenant.getMetadata().getCreationTimestamp()));
            Duration early = Duration.between(from, at).dividedBy(TOGETHER);
            if (!now.isBefore(at.minus(early))) {
                what.add(rotatable);
            }
        });
        return Optional.of(rotation(
                tenant,
                tenant.getMetadata().getName() + "-" + STAMP.format(now),
                what,
                false,
                Trigger.Schedule,
                "the profile's rotation.every"));
    }

    /** One that is not over yet, or a scheduled one of a moment ago: a status may be behind it. */
    private static boolean recent(Rotation rotation, Instant now) {
        JobStatus status = rotation.getStatus();
        boolean over =
                status != null && status.phase() != null && status.phase().over();
        Instant made = made(rotation.getMetadata().getCreationTimestamp());
        return !over
                || (rotation.getSpec().trigger() == Trigger.Schedule
                        && now.isBefore(made.plus(AGAIN))
                        && !Look.isToCome(made, now));
    }

    /** When each was last exchanged, as the Tenant's status says; a time that is still to come says nothing. */
    private static Map<Rotatable, Instant> last(@Nullable TenantStatus status, Instant now) {
        Map<Rotatable, Instant> last = new EnumMap<>(Rotatable.class);
        if (status != null && status.rotation() != null) {
            status.rotation().last().forEach(r -> last.put(r.name(), made(r.at())));
            last.values().removeIf(at -> Look.isToCome(at, now));
        }
        return last;
    }

    private static Rotation rotation(
            Tenant tenant, String name, List<Rotatable> what, boolean atOnce, Trigger trigger, String reason) {
        Rotation rotation = new Rotation();
        rotation.setMetadata(new ObjectMetaBuilder().withName(name).build());
        rotation.setSpec(new RotationSpec(
                tenant.getMetadata().getName(),
                what,
                atOnce,
                trigger,
                reason.length() > 200 ? reason.substring(0, 200) : reason));
        return rotation;
    }

    private static @Nullable String annotation(Tenant tenant) {
        Map<String, String> annotations = tenant.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(ANNOTATION);
    }

    /** What an annotation asks for; empty when it cannot be understood. */
    private static Optional<List<Rotatable>> wanted(String value) {
        int at = value.indexOf('@');
        if (at < 1 || at == value.length() - 1) {
            return Optional.empty();
        }
        String names = value.substring(0, at);
        if (names.equals("all")) {
            return Optional.of(List.of());
        }
        List<Rotatable> what = Stream.of(names.split(",", -1))
                .map(name -> Rotatable.of(name.strip()))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        return what.size() == names.split(",", -1).length ? Optional.of(what) : Optional.empty();
    }

    private static boolean exists(List<Rotation> rotations, String name) {
        return rotations.stream().anyMatch(r -> r.getMetadata().getName().equals(name));
    }

    private static Instant made(@Nullable String timestamp) {
        return timestamp == null ? Instant.EPOCH : Instant.parse(timestamp);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 5);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
