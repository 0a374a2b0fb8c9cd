package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.identity.BackedParts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What attacks on some tenants rest on, all of it read at one moment: the Tenants, their profiles, and the servers and
 * stores they live on. What an attack is allowed to reach follows from these; a way that was open is a breach only if
 * they were the same before and after it, and in force. Pure.
 */
@Pure
final class Ground {
    /** How long the operator may take to follow a profile, a server or a store. */
    private static final Duration FOLLOWING = Duration.ofSeconds(30);

    /** How long a network plugin may take to follow a policy. */
    private static final Duration SPREADING = Duration.ofSeconds(10);

    private final Map<String, GroundObject> objects;
    private final Map<String, Tenant> tenants;

    /**
     * From what was read.
     *
     * @param tenants by name
     * @param objects everything that was read, by kind and name
     */
    Ground(Map<String, Tenant> tenants, Map<String, GroundObject> objects) {
        this.tenants = Map.copyOf(tenants);
        this.objects = Map.copyOf(objects);
    }

    /**
     * An object.
     *
     * @param version what of it counts: uid, generation, and of a Tenant where its data is and by which credentials
     * @param changed when what it asks for was last written; null when the server does not say
     */
    record GroundObject(String version, @Nullable Instant changed) {}

    /** An object's kind and name, as it is said. */
    static String named(String kind, String name) {
        return kind + " " + name;
    }

    /** What of a Tenant counts. */
    static String version(Tenant tenant) {
        return tenant.getMetadata().getUid() + " generation "
                + tenant.getMetadata().getGeneration() + " " + BackedParts.homes(tenant.getStatus());
    }

    /** The tenant as it is now; empty where it has no compartment any more. */
    Optional<Subject> subject(String tenant) {
        return Optional.ofNullable(tenants.get(tenant)).flatMap(Subject::of);
    }

    /** What differs between the two, for people; empty when nothing does. */
    Optional<String> since(Ground before) {
        Set<String> names = new TreeSet<>(objects.keySet());
        names.addAll(before.objects.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(version(name), before.version(name)))
                .findFirst()
                .map(name -> name + " changed meanwhile");
    }

    private @Nullable String version(String name) {
        GroundObject object = objects.get(name);
        return object == null ? null : object.version();
    }

    /**
     * Why what was asked for may not be what is in force.
     *
     * @param reason in words
     * @param passing whether that ends by itself, in a moment
     */
    record NotInForce(String reason, boolean passing) {}

    /** The first reason why what these tenants ask for may not be in force; empty where it is. */
    Optional<NotInForce> notInForce(List<String> names, Instant now) {
        return names.stream()
                .flatMap(name -> notInForce(name, now).stream())
                .min((one, other) -> Boolean.compare(other.passing(), one.passing()));
    }

    private List<NotInForce> notInForce(String name, Instant now) {
        Tenant tenant = tenants.get(name);
        if (tenant == null) {
            return List.of(new NotInForce(named("Tenant", name) + " is gone", true));
        }
        List<NotInForce> found = new ArrayList<>();
        TenantStatus status = tenant.getStatus();
        Long generation = tenant.getMetadata().getGeneration();
        if (status == null || !Objects.equals(status.observedGeneration(), generation)) {
            found.add(new NotInForce(
                    "generation " + generation + " of " + named("Tenant", name) + " is not in force yet", true));
        } else if (status.phase() == TenantPhase.Invalid || status.phase() == TenantPhase.Conflict) {
            found.add(new NotInForce(
                    named("Tenant", name) + " is " + status.phase() + ": what it asks for is not what is in force",
                    false));
        }
        for (String rests : restsOn(tenant)) {
            GroundObject object = objects.get(rests);
            if (object == null) {
                found.add(new NotInForce(rests + " is gone: what it allowed is not known", false));
            } else if (object.changed() != null && now.isBefore(object.changed().plus(FOLLOWING))) {
                found.add(new NotInForce(rests + " changed a moment ago", true));
            }
        }
        return found;
    }

    /** Whether a plugin may still be on its way to what these tenants ask for. */
    Optional<NotInForce> spreading(List<String> names, Instant now) {
        return names.stream()
                .map(name -> named("Tenant", name))
                .filter(name -> {
                    GroundObject object = objects.get(name);
                    return object != null
                            && object.changed() != null
                            && now.isBefore(object.changed().plus(SPREADING));
                })
                .findFirst()
                .map(name -> new NotInForce(name + " changed a moment ago", true));
    }

    /** The profile, servers and stores of a Tenant, each as it is said. */
    static Set<String> restsOn(Tenant tenant) {
        Set<String> rests = new TreeSet<>();
        rests.add(named("TenantProfile", tenant.getSpec().profile()));
        BackedParts.homes(tenant.getStatus())
                .homes()
                .forEach((part, home) -> rests.add(named(
                        BackedParts.kind(part).getSimpleName(), home.place().backend())));
        return rests;
    }
}
