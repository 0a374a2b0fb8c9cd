package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.access.Grant;
import dev.bulkhead.operator.access.Principal;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who belongs to the platform: its own accounts, those that try the guards out, and those that whoever runs it says
 * it trusts with tenants' namespaces, such as a network plugin.
 *
 * @param operator the operator's ServiceAccount
 * @param prober the prober's
 * @param keysNamespace where key rings and admin logins lie
 * @param trusted besides the control plane and what runs in {@code kube-system}; nobody of a tenant is, whatever is said here
 */
public record PlatformAccounts(Principal operator, Principal prober, String keysNamespace, List<Trust> trusted) {
    private static final String ADMIN_ROLE = "ClusterRole bulkhead-platform-admin";
    private static final String CANARY_ROLE = "ClusterRole " + AccessPlanner.CANARY_ROLE;
    private static final String CANARY_CLUSTER_ROLE = "ClusterRole bulkhead-canary-cluster";
    private static final String GUARD_KEEPER = "bulkhead-guard-keeper";
    private static final String AUDITOR_ROLE = "ClusterRole bulkhead-platform-auditor";

    /** Makes the list immutable. */
    public PlatformAccounts {
        trusted = List.copyOf(trusted);
    }

    /**
     * An exception that the platform answers for: without a reason, an owner and an end it is none.
     *
     * @param whom {@code *} in its namespace or name stands for any characters
     * @param until last day
     */
    public record Trust(Principal whom, String reason, String owner, LocalDate until) {
        /** Whether it counts that day. */
        public boolean holds(LocalDate today) {
            return !today.isAfter(until);
        }

        boolean means(Principal who) {
            return who.kind() == whom.kind()
                    && matches(whom.namespace(), who.namespace())
                    && matches(whom.name(), who.name());
        }

        /** Each part between stars as early as it fits: no later place leaves more room for those behind it. */
        private static boolean matches(String pattern, String text) {
            int star = pattern.indexOf('*');
            if (star < 0) {
                return pattern.equals(text);
            }
            String last = pattern.substring(pattern.lastIndexOf('*') + 1);
            int end = text.length() - last.length();
            if (end < star || !text.startsWith(pattern.substring(0, star)) || !text.endsWith(last)) {
                return false;
            }
            int at = star;
            for (String part :
                    pattern.substring(star, pattern.length() - last.length()).split("\\*", -1)) {
                int found = text.indexOf(part, at);
                if (found < 0 || found + part.length() > end) {
                    return false;
                }
                at = found + part.length();
            }
            return true;
        }

        @Override
        public String toString() {
            return reason + ", " + owner + ", until " + until;
        }
    }

    /**
     * The platform's own namespaces: in one is the operator with the master key, in one what opens all tenants' data, and whoever
     * runs something in the third passes for the control plane.
     */
    List<String> homes() {
        return List.of(operator.namespace(), keysNamespace, Principal.CONTROL_PLANE);
    }

    /** Those of its namespaces in which whoever may change something, or read Secrets, reaches into all tenants. */
    List<String> vaults() {
        return List.of(operator.namespace(), keysNamespace);
    }

    /** Whether the binding gives to one of the platform's own, or to the control plane. */
    boolean own(Grant grant) {
        Principal who = grant.who();
        return who.controlPlane()
                || who.equals(operator)
                || who.equals(prober)
                || keepsGuards(grant)
                || triesGuards(grant);
    }

    /** What the platform says about somebody; of several exceptions the one that counts longest. */
    Optional<Trust> trust(Principal who) {
        return trusted.stream().filter(trust -> trust.means(who)).max(Comparator.comparing(Trust::until));
    }

    /** Whether the platform answers for somebody today. */
    boolean trusts(Principal who, LocalDate today) {
        return trust(who).filter(trust -> trust.holds(today)).isPresent();
    }

    /** Whether it gives the keeper of the guards what it restores them with, by the chart's roles for that and no other. */
    private boolean keepsGuards(Grant grant) {
        String binding = "RoleBinding " + operator.namespace() + "/" + GUARD_KEEPER;
        boolean charts = grant.clusterWide()
                ? grant.role().equals("ClusterRole " + GUARD_KEEPER)
                : grant.role().equals("Role " + GUARD_KEEPER) && grant.binding().equals(binding);
        return grant.who().equals(Principal.account(operator.namespace(), GUARD_KEEPER))
                && charts
                && !grant.rights().readSecrets();
    }

    /**
     * Whether it gives a canary's account what it tries the guards out with, by the chart's roles for it and where they
     * belong; anything else it is given is a stranger's as everybody's.
     */
    private static boolean triesGuards(Grant grant) {
        Principal who = grant.who();
        boolean canary = who.kind() == Principal.PrincipalKind.ServiceAccount
                && who.name().equals(AccessPlanner.CANARY)
                && AccessPlanner.CANARIES.contains(who.namespace().split("--", 2)[0]);
        if (!canary || grant.rights().readSecrets()) {
            return false;
        }
        return grant.clusterWide()
                ? grant.role().equals(CANARY_CLUSTER_ROLE) && !grant.rights().takeOver()
                : grant.role().equals(CANARY_ROLE)
                        && grant.binding().equals("RoleBinding " + who.namespace() + "/" + AccessPlanner.CANARY);
    }

    /** Whether it lets people verify what the prober finds, by the chart's role for that in the operator's namespace. */
    boolean verifier(Grant grant) {
        return grant.who().kind() != Principal.PrincipalKind.ServiceAccount
                && !grant.who().systemGroup()
                && grant.role().equals("Role bulkhead-verify")
                && grant.binding().startsWith("RoleBinding " + operator.namespace() + "/");
    }

    /** Whether it makes somebody a platform administrator: a person, or a group of people, for the whole cluster. */
    static boolean administrator(Grant grant) {
        return grant.clusterWide()
                && grant.who().kind() != Principal.PrincipalKind.ServiceAccount
                && !grant.who().systemGroup()
                && !grant.who().nobodyKnown()
                && (grant.role().equals(ADMIN_ROLE) || grant.rights().takeOver());
    }

    /** Whether it makes somebody a platform auditor, who looks and does not open Secrets. */
    static boolean auditor(Grant grant) {
        return grant.clusterWide()
                && grant.who().kind() != Principal.PrincipalKind.ServiceAccount
                && !grant.who().systemGroup()
                && !grant.who().nobodyKnown()
                && grant.role().equals(AUDITOR_ROLE)
                && grant.rights().onlyRead();
    }
}
