package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.TenantSpec;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;

/**
 * Somebody whose rights are asked for, as the API server's authentication would name them. Nobody is impersonated: a
 * review is a question about somebody.
 *
 * @param name for people to read, such as {@code tenant-user mia@klinik.example}
 * @param user name the API server would see
 * @param groups groups it would see; those that an identity provider adds are not known
 */
record Asker(String name, String user, List<String> groups) {
    /** A user of this name is in no binding; only the group it carries is asked for. */
    private static final String MEMBER = "bulkhead:probe-member";

    private static final String AUTHENTICATED = "system:authenticated";

    Asker {
        groups = List.copyOf(groups);
    }

    static Asker of(TenantSpec.Person person, String role) {
        return person.user() != null
                ? new Asker(role + " " + person.user(), person.user(), List.of(AUTHENTICATED))
                : new Asker(
                        role + " of group " + person.group(),
                        MEMBER,
                        List.of(String.valueOf(person.group()), AUTHENTICATED));
    }

    static Asker account(String namespace, String name) {
        return new Asker(
                "ServiceAccount " + namespace + "/" + name,
                "system:serviceaccount:" + namespace + ":" + name,
                List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace, AUTHENTICATED));
    }

    /** Whether a person's access has not ended; one whose last day cannot be read has none. */
    static boolean current(TenantSpec.Person person, LocalDate today) {
        if (person.until() == null) {
            return true;
        }
        try {
            return !today.isAfter(LocalDate.parse(person.until()));
        } catch (DateTimeException _) {
            return false;
        }
    }
}
