package dev.bulkhead.operator.evidence;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What may stand where people of a tenant read: who else is a customer is none of their business, nor what the others'
 * schemas, buckets, namespaces and people are called. What was left out stands in the Incident and is printed by
 * {@code bulkhead verify}. Pure.
 */
@Pure
public final class Discretion {
    private static final String SOMEBODY = "another tenant";
    private static final String THEIRS = "what is another tenant's";
    private static final String KEPT_BACK = "the platform's administrators see more";

    private static final Pattern MADE_NAME = Pattern.compile("(?:t_|bh-|bulkhead-tenant-)([a-z2-7]{16})(?![a-z2-7])");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9][a-z0-9-]*--[a-z0-9]");

    private final String tenant;
    private final TenantIdentity identity;
    private final Set<String> others;

    private Discretion(String tenant, TenantIdentity identity, Set<String> others) {
        this.tenant = tenant;
        this.identity = identity;
        this.others = others;
    }

    /**
     * Towards the people of one tenant.
     *
     * @param all every Tenant there is
     */
    public static Discretion towards(Tenant self, Collection<Tenant> all) {
        Set<String> others = new HashSet<>();
        all.stream()
                .filter(other -> !TenantIdentity.of(other).equals(TenantIdentity.of(self)))
                .forEach(other -> {
                    others.add(other.getMetadata().getName());
                    people(other).forEach(others::add);
                });
        others.remove(self.getMetadata().getName());
        people(self).forEach(others::remove);
        return new Discretion(self.getMetadata().getName(), TenantIdentity.of(self), others);
    }

    private static Stream<String> people(Tenant tenant) {
        TenantSpec.People people = tenant.getSpec().people();
        return people == null
                ? Stream.of()
                : people.everybody()
                        .flatMap(person -> Stream.of(person.user(), person.group()))
                        .filter(Objects::nonNull);
    }

    /** Those that were not refused, each once, as they may be told. */
    public List<Trial> told(List<Trial> trials) {
        return trials.stream()
                .filter(trial -> trial.result() != TrialResult.Blocked)
                .map(trial -> new Trial(
                        trial.proves(), trial.name(), trial.kind(), told(trial.attack()), told(trial.check())))
                .distinct()
                .toList();
    }

    private Attempt told(Attempt attempt) {
        return new Attempt(
                names(attempt.actor()) ? SOMEBODY : attempt.actor(),
                names(attempt.target()) ? THEIRS : attempt.target(),
                attempt.ending(),
                names(attempt.detail()) ? KEPT_BACK : attempt.detail());
    }

    /** Whether a text names another tenant, or what is another's by the way it is called. */
    private boolean names(String text) {
        return MADE_NAME.matcher(text).results().anyMatch(name -> !name.group(1).equals(identity.suffix()))
                || UUID.matcher(text).results().anyMatch(id -> !id.group().equals(identity.value()))
                || NAMESPACE
                        .matcher(text)
                        .results()
                        .anyMatch(name -> !name.group().startsWith(tenant + "--"))
                || others.stream().anyMatch(name -> holds(text, name));
    }

    private static boolean holds(String text, String name) {
        for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
            int end = at + name.length();
            if ((at == 0 || !inName(text.charAt(at - 1))) && (end == text.length() || !inName(text.charAt(end)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean inName(char c) {
        return Character.isLetterOrDigit(c) || c == '-' || c == '_';
    }
}
