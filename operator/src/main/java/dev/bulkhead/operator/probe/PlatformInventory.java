package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.access.Grant;
import dev.bulkhead.operator.access.Principal;
import dev.bulkhead.operator.evidence.PlatformAccess;
import dev.bulkhead.operator.probe.PlatformAccounts.Trust;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who of the platform reaches into the namespaces of all tenants: a GitOps tool, an ingress controller, monitoring,
 * people on call. That is a fact of the platform, once, whatever the number of tenants, and somebody has to answer for
 * it. Nobody of a tenant is among them, and neither are administrators, who are counted by themselves. Pure.
 */
@Pure
public final class PlatformInventory {
    private final AccessPicture picture;
    private final List<Reach> all;

    private PlatformInventory(AccessPicture picture, List<Reach> all) {
        this.picture = picture;
        this.all = List.copyOf(all);
    }

    /** Whether somebody answers for an account. */
    public enum Acceptance {
        /** The platform's settings say why, who and until when. */
        Accepted,
        /** It was there before, and nobody has looked at it yet. */
        NotYet,
        /** It came later, and nobody has said that it may. */
        Later
    }

    /**
     * Somebody who reaches in.
     *
     * @param grants by which
     * @param trust what the platform says about it, also when that has ended; null when it says nothing
     */
    public record Reach(
            Principal who,
            List<Grant> grants,
            Acceptance acceptance,
            @Nullable Trust trust) {
        /** Makes the list immutable. */
        public Reach {
            grants = List.copyOf(grants);
        }

        /** When the last of the bindings was made; null when one does not say. */
        public @Nullable Instant since() {
            Instant last = null;
            for (Grant grant : grants) {
                Instant made = grant.since();
                if (made == null) {
                    return null;
                }
                last = last == null || made.isAfter(last) ? made : last;
            }
            return last;
        }

        /** Such as {@code ServiceAccount cert-manager/cert-manager (certificates, ops@example, until 2027-12-31)}. */
        @Override
        public String toString() {
            return switch (acceptance) {
                case Accepted -> who + " (" + trust + ")";
                case NotYet, Later ->
                    grants.getFirst()
                            + (grants.size() > 1 ? " and by " + (grants.size() - 1) + " bindings more" : "")
                            + (since() == null ? "" : " since " + since())
                            + (trust == null ? "" : ", accepted until " + trust.until());
            };
        }
    }

    /**
     * From all bindings: those of the whole cluster, and those that let somebody change something, or read Secrets, where
     * the operator or the keys are, since that opens all tenants, too.
     */
    public static PlatformInventory of(AccessPicture picture, PlatformAccounts platform, LocalDate today) {
        Map<String, List<Grant>> grants = new TreeMap<>();
        Stream.concat(
                        picture.bindings().everywhere().stream()
                                .filter(grant ->
                                        !PlatformAccounts.administrator(grant) && !PlatformAccounts.auditor(grant)),
                        platform.vaults().stream()
                                .flatMap(vault -> picture.bindings().in(vault).stream())
                                .filter(grant -> !grant.rights().onlyRead() && !platform.verifier(grant)))
                .filter(grant -> !platform.own(grant) && !picture.tenants().includes(grant.who()))
                .forEach(grant -> grants.computeIfAbsent(grant.who().toString(), _ -> new ArrayList<>())
                        .add(grant));
        return new PlatformInventory(
                picture,
                grants.values().stream()
                        .map(of -> reach(of, picture.installed(), platform, today))
                        .toList());
    }

    private static Reach reach(
            List<Grant> grants, @Nullable Instant installed, PlatformAccounts platform, LocalDate today) {
        Principal who = grants.getFirst().who();
        Trust trust = platform.trust(who).orElse(null);
        if (platform.trusts(who, today)) {
            return new Reach(who, grants, Acceptance.Accepted, trust);
        }
        List<Grant> later = installed == null
                ? List.of()
                : grants.stream()
                        .filter(grant -> grant.since() != null && grant.since().isAfter(installed))
                        .toList();
        return later.isEmpty()
                ? new Reach(who, grants, Acceptance.NotYet, trust)
                : new Reach(who, later, Acceptance.Later, trust);
    }

    /** What it was drawn up from. */
    AccessPicture picture() {
        return picture;
    }

    /** The namespaces in which programs are that reach in, in order, each with whose they are. */
    SortedMap<String, List<Principal>> homes() {
        SortedMap<String, List<Principal>> homes = new TreeMap<>();
        all.forEach(reach -> reach.who()
                .home()
                .ifPresent(home ->
                        homes.computeIfAbsent(home, _ -> new ArrayList<>()).add(reach.who())));
        return homes;
    }

    /** Everybody, in order of their names. */
    public List<Reach> all() {
        return all;
    }

    /** Those of one kind, in order of their names. */
    public List<Reach> of(Acceptance acceptance) {
        return all.stream().filter(reach -> reach.acceptance() == acceptance).toList();
    }

    /** Such as {@code 7 accounts of the platform reach into every tenant, 2 of them are not accepted}. */
    String count() {
        long open = all.stream()
                .filter(reach -> reach.acceptance() != Acceptance.Accepted)
                .count();
        return all.size() + (all.size() == 1 ? " account" : " accounts") + " of the platform "
                + (all.size() == 1 ? "reaches" : "reach") + " into every tenant, " + (open == 0 ? "none" : open)
                + " of them not accepted";
    }

    /** For the report of the platform. */
    PlatformAccess told(Instant at) {
        return new PlatformAccess(words(Acceptance.Accepted), words(Acceptance.NotYet), words(Acceptance.Later), at);
    }

    private List<String> words(Acceptance acceptance) {
        return of(acceptance).stream().map(Objects::toString).toList();
    }
}
