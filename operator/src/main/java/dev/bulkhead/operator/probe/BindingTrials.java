package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.access.BindingExpansion;
import dev.bulkhead.operator.access.Grant;
import dev.bulkhead.operator.access.Principal;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.probe.PlatformInventory.Acceptance;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What all bindings of the cluster together say about one tenant. Pure. */
final class BindingTrials {
    private static final int MOST_ADMINISTRATORS = 3;
    private static final int NAMED = 20;
    private static final String STRANGER = "a binding lets somebody in who is none of the tenant's";
    private static final String UNANSWERED = "an account of the platform reaches in for whom nobody answers";
    private static final String REMEDY = "; 'bulkhead trusted' lists them and writes the values that accept them";
    private static final int PLATFORM_NAMED = 5;
    private static final String BY = " by ";
    private static final String AT_HOME = "a binding lets somebody of a tenant into the platform's own namespaces";
    private static final String AT_ITS_HOME =
            "a binding lets somebody of a tenant act as an account of the platform that reaches into tenants";
    private static final String TOO_MUCH = "a binding gives the tenant's own more than an admin has";

    private BindingTrials() {}

    /**
     * One trial for each binding that lets a stranger in, or one that says there is none. Somebody of another tenant is
     * one, whatever the platform says of him, and be he its administrator; anybody else who is let into the whole cluster
     * is not, see {@link #platform} and {@link #administrators}. Whoever of any tenant may change something, or read a Secret,
     * in the platform's own namespaces is every tenant's stranger, too: what opens all of them lies there. So is who may act as
     * one of the accounts on the inventory, accepted or not, by what he may do in its namespace; other things that a tenant does
     * there, such as looking at pods of monitoring, lead nowhere. Where one of all these namespaces holds more bindings than
     * are looked at, nothing says that there is none.
     */
    static List<Trial> strangers(
            PlatformInventory inventory, Subject self, PlatformAccounts platform, LocalDate today) {
        AccessPicture picture = inventory.picture();
        Set<Principal> own = own(self.spec().people(), today);
        List<String> namespaces = namespaces(self);
        Attempt check = check(picture.bindings(), namespaces, platform);
        List<Trial> trials = new ArrayList<>();
        int looked = 0;
        for (Grant grant : reaching(picture.bindings(), namespaces)) {
            looked++;
            boolean ours = own.contains(grant.who())
                    || namespaces.stream().anyMatch(grant.who()::runsIn)
                    || picture.tenants().left(grant.who(), self.tenant(), self.identity());
            boolean platforms = platform.own(grant)
                    || (!picture.tenants().includes(grant.who())
                            && (grant.clusterWide() || platform.trusts(grant.who(), today)));
            boolean tooMuch = ours && (grant.clusterWide() || grant.rights().takeOver());
            if (!platforms && (!ours || tooMuch) && trials.size() < NAMED) {
                trials.add(new Trial(
                        Control.TI_RBAC,
                        tooMuch ? TOO_MUCH : STRANGER,
                        TrialKind.OpenWay,
                        Attempt.succeeded(
                                grant.who().toString(), target(self) + BY + grant.binding(), grant.toString()),
                        check));
            }
        }
        SortedMap<String, List<Principal>> homes = inventory.homes();
        platform.homes().forEach(home -> homes.put(home, List.of()));
        for (Map.Entry<String, List<Principal>> home : homes.entrySet()) {
            List<Principal> accounts = home.getValue();
            for (Grant grant : picture.bindings().in(home.getKey())) {
                looked++;
                boolean way = accounts.isEmpty()
                        ? !grant.rights().onlyRead()
                        : grant.rights().become();
                if (way && picture.tenants().includes(grant.who()) && trials.size() < NAMED) {
                    trials.add(new Trial(
                            Control.TI_RBAC,
                            accounts.isEmpty() ? AT_HOME : AT_ITS_HOME,
                            TrialKind.OpenWay,
                            Attempt.succeeded(
                                    grant.who().toString(),
                                    target(self) + BY + grant.binding(),
                                    grant + (accounts.isEmpty() ? "" : ", and so act as " + accounts(accounts))),
                            check));
                }
            }
        }
        if (trials.isEmpty()) {
            String actor = "everybody who is named in a binding";
            String grants = looked + " grants of all bindings looked through";
            Attempt attack = Pages.reason(picture.overfull(), self)
                    .or(() -> Pages.reason(picture.overfull(), homes.keySet()))
                    .map(reason -> Attempt.broken(actor, target(self), reason))
                    .orElseGet(() -> Attempt.refused(actor, target(self), grants));
            trials.add(new Trial(Control.TI_RBAC, STRANGER, TrialKind.OpenWay, attack, check));
        }
        return trials;
    }

    /**
     * Whether somebody answers for every account of the platform that reaches into all tenants. Who was there before is
     * waiting to be looked at; who came later is a finding, of the platform and not of this tenant: no way out was open
     * to another tenant.
     */
    static Trial platform(
            PlatformInventory inventory, BindingExpansion bindings, Subject self, PlatformAccounts platform) {
        List<PlatformInventory.Reach> later = inventory.of(Acceptance.Later);
        List<PlatformInventory.Reach> before = inventory.of(Acceptance.NotYet);
        String actor = "accounts of the platform";
        Attempt attack;
        if (!later.isEmpty()) {
            attack = Attempt.succeeded(
                    actor,
                    target(self),
                    "came later, and nobody answers for it: " + named(later)
                            + (before.isEmpty() ? "" : "; not yet accepted: " + before.size() + " more")
                            + REMEDY);
        } else if (!before.isEmpty()) {
            attack = Attempt.broken(actor, target(self), "not yet accepted: " + named(before) + REMEDY);
        } else {
            List<PlatformInventory.Reach> accepted = inventory.of(Acceptance.Accepted);
            attack = Attempt.refused(
                    actor, target(self), inventory.count() + (accepted.isEmpty() ? "" : ": " + named(accepted)));
        }
        return new Trial(
                Control.TI_RBAC, UNANSWERED, TrialKind.Weakness, attack, check(bindings, namespaces(self), platform));
    }

    private static String accounts(List<Principal> accounts) {
        return accounts.stream().limit(PLATFORM_NAMED).map(Object::toString).collect(Collectors.joining(", "))
                + (accounts.size() > PLATFORM_NAMED ? " and " + (accounts.size() - PLATFORM_NAMED) + " more" : "")
                + (accounts.size() == 1 ? ", which reaches" : ", which reach") + " into every tenant";
    }

    private static String named(List<PlatformInventory.Reach> reaches) {
        return reaches.stream().limit(PLATFORM_NAMED).map(Object::toString).collect(Collectors.joining("; "))
                + (reaches.size() > PLATFORM_NAMED ? "; and " + (reaches.size() - PLATFORM_NAMED) + " more" : "");
    }

    /**
     * Whether the API server allowed something by a binding of the whole cluster that {@link #strangers} tells of as a way
     * out already, in RBAC's own words: then it is that same way, and no further one. Whatever else it says is not told of.
     *
     * @param strangers of the same tenant and round
     */
    static Predicate<String> told(Subject self, List<Trial> strangers) {
        String by = target(self) + BY + "ClusterRoleBinding ";
        List<String> reasons = strangers.stream()
                .filter(Trial::breach)
                .map(trial -> trial.attack().target())
                .filter(target -> target.startsWith(by))
                .map(target -> "RBAC: allowed by ClusterRoleBinding \"" + target.substring(by.length()) + "\" of ")
                .toList();
        return reason -> reasons.stream().anyMatch(reason::startsWith);
    }

    private static List<String> namespaces(Subject self) {
        return self.namespaces().stream().map(TenantNamespace::fullName).toList();
    }

    /** Whether more than a few people can open every tenant's Secrets; and, beside them, how many accounts reach in. */
    static Trial administrators(BindingExpansion bindings, PlatformInventory inventory) {
        Map<String, String> people = new TreeMap<>();
        Map<String, String> groups = new TreeMap<>();
        bindings.everywhere().stream()
                .filter(PlatformAccounts::administrator)
                .filter(grant -> !grant.who().controlPlane())
                .forEach(grant -> (grant.who().kind() == Principal.PrincipalKind.User ? people : groups)
                        .putIfAbsent(grant.who().name(), grant.who().name() + " (" + grant.binding() + ")"));
        int count = people.size();
        String actor = "people who administer the platform";
        String target = "every tenant";
        String beside = "; beside them " + inventory.count();
        Attempt attack;
        if (count > MOST_ADMINISTRATORS) {
            attack = Attempt.succeeded(
                    actor, target, count + " people, more than " + MOST_ADMINISTRATORS + ": " + text(people) + beside);
        } else if (!groups.isEmpty()) {
            attack = Attempt.broken(
                    actor,
                    target,
                    "groups are of unknown size, name the people instead: " + text(groups)
                            + (people.isEmpty() ? "" : "; and " + text(people))
                            + beside);
        } else {
            attack = Attempt.refused(
                    actor,
                    target,
                    (count == 0 ? "nobody but the control plane's own" : count + ": " + text(people)) + beside);
        }
        return new Trial(
                Control.TI_ADM,
                "more than " + MOST_ADMINISTRATORS + " people can open every tenant",
                TrialKind.Weakness,
                attack,
                masters(bindings));
    }

    private static String text(Map<String, String> names) {
        return String.join(", ", names.values().stream().limit(NAMED).toList())
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
    }

    private static Stream<Grant> stream(BindingExpansion bindings, List<String> namespaces) {
        return Stream.concat(namespaces.stream().flatMap(n -> bindings.in(n).stream()), bindings.everywhere().stream());
    }

    private static List<Grant> reaching(BindingExpansion bindings, List<String> namespaces) {
        return stream(bindings, namespaces).distinct().toList();
    }

    private static Set<Principal> own(TenantSpec.@Nullable People people, LocalDate today) {
        return people == null
                ? Set.of()
                : people.everybody()
                        .filter(person -> Asker.current(person, today))
                        .flatMap(Principal::of)
                        .collect(Collectors.toSet());
    }

    /** The same function has to see the one binding that is in every tenant's namespace: the operator's. */
    private static Attempt check(BindingExpansion bindings, List<String> namespaces, PlatformAccounts platform) {
        List<String> unseen = namespaces.stream()
                .filter(n -> bindings.in(n).stream()
                        .noneMatch(g -> g.who().equals(platform.operator())
                                && g.binding().equals("RoleBinding " + n + "/" + AccessPlanner.OPERATOR)
                                && g.rights().readSecrets()))
                .toList();
        String actor = platform.operator().toString();
        return unseen.isEmpty()
                ? Attempt.succeeded(actor, "the tenant's namespaces", "its bindings are among those that were read")
                : Attempt.broken(
                        actor,
                        String.join(", ", unseen),
                        "binding " + AccessPlanner.OPERATOR + " is not among those that were read");
    }

    /** The same function has to see the grant that the API server itself puts back at every start. */
    private static Attempt masters(BindingExpansion bindings) {
        String actor = "Group system:masters";
        return bindings.everywhere().stream()
                        .anyMatch(g ->
                                g.who().toString().equals(actor) && g.rights().readSecrets())
                ? Attempt.succeeded(actor, "every tenant", "seen as an administrator")
                : Attempt.broken(actor, "every tenant", "the API server's own binding cluster-admin was not read");
    }

    private static String target(Subject self) {
        return "namespaces of " + self.tenant();
    }
}
