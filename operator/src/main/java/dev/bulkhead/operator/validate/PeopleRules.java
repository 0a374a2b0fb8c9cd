package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.outcome.Reason;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who may be named, and who still has access today. */
final class PeopleRules {
    private PeopleRules() {}

    /** The people whose access has not ended; a group where the profile allows none is a finding of the profile. */
    static TenantSpec.People check(
            TenantSpec.People people, boolean groupsAllowed, LocalDate today, Findings findings, Findings ofRules) {
        Map<String, String> roles = new HashMap<>();
        List<List<TenantSpec.Person>> checked = new ArrayList<>();
        Map<String, List<TenantSpec.Person>> byRole = new java.util.LinkedHashMap<>();
        byRole.put("admins", people.admins());
        byRole.put("users", people.users());
        byRole.put("auditors", people.auditors());
        byRole.forEach((role, list) -> {
            List<TenantSpec.Person> kept = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                TenantSpec.Person person = list.get(i);
                String subject = "spec.people." + role + "[" + i + "]";
                if (name(person, subject, findings)) {
                    once(person, role, subject, roles, findings);
                }
                if (person.group() != null && !groupsAllowed) {
                    ofRules.add(
                            Reason.GroupsNotAllowed,
                            subject,
                            "the profile allows no groups; name each person of " + Quoted.of(person.group()));
                }
                if (!ended(person, subject, today, findings)) {
                    kept.add(person);
                }
            }
            checked.add(kept);
        });
        return new TenantSpec.People(checked.get(0), checked.get(1), checked.get(2));
    }

    /** Those of {@code held} who are still named in their role and whose last day has not passed. */
    static TenantSpec.People still(TenantSpec.People held, TenantSpec.@Nullable People asked, LocalDate today) {
        return asked == null
                ? new TenantSpec.People(List.of(), List.of(), List.of())
                : new TenantSpec.People(
                        still(held.admins(), asked.admins(), today),
                        still(held.users(), asked.users(), today),
                        still(held.auditors(), asked.auditors(), today));
    }

    private static List<TenantSpec.Person> still(
            List<TenantSpec.Person> held, List<TenantSpec.Person> asked, LocalDate today) {
        return held.stream()
                .filter(person -> asked.stream()
                        .anyMatch(now -> Objects.equals(now.user(), person.user())
                                && Objects.equals(now.group(), person.group())
                                && !hasEnded(now, today)))
                .toList();
    }

    /** A last day that cannot be read has passed. */
    private static boolean hasEnded(TenantSpec.Person person, LocalDate today) {
        LocalDate last = person.until() == null ? LocalDate.MAX : Text.day(person.until());
        return last == null || today.isAfter(last);
    }

    private static boolean name(TenantSpec.Person person, String subject, Findings findings) {
        if ((person.user() == null) == (person.group() == null)) {
            findings.add(Reason.InvalidSpec, subject, "give either user or group");
            return false;
        }
        boolean user = person.user() != null;
        String name = user ? person.user() : person.group();
        String what = user ? "user" : "group";
        if (name == null || !Text.subject(name)) {
            findings.add(
                    Reason.InvalidSpec,
                    subject + "." + what,
                    Quoted.of(name) + " must be the name as the identity provider gives it, without blanks, invisible"
                            + " characters or '*'");
            return false;
        }
        if (name.startsWith("system:")) {
            findings.add(
                    Reason.InvalidSpec,
                    subject + "." + what,
                    Quoted.of(name) + " belongs to the cluster; name a " + what + " of the customer");
            return false;
        }
        return true;
    }

    /** Somebody with two roles is a mistake at best; an auditor who is also an admin audits themselves. */
    private static void once(
            TenantSpec.Person person, String role, String subject, Map<String, String> roles, Findings findings) {
        String key = person.user() != null ? "user " + person.user() : "group " + person.group();
        String before = roles.putIfAbsent(key, role);
        if (before != null) {
            String name = person.user() != null ? person.user() : person.group();
            findings.add(
                    Reason.InvalidSpec,
                    subject,
                    Quoted.of(name) + " is named in " + before + " already; give everybody one role, once");
        }
    }

    private static boolean ended(TenantSpec.Person person, String subject, LocalDate today, Findings findings) {
        if (person.until() == null) {
            return false;
        }
        LocalDate last = Text.day(person.until());
        if (last == null) {
            findings.add(
                    Reason.InvalidSpec,
                    subject + ".until",
                    Quoted.of(person.until()) + " is no day; write it like 2026-12-31");
            return true;
        }
        return today.isAfter(last);
    }
}
