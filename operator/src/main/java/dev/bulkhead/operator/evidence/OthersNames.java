package dev.bulkhead.operator.evidence;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What all tenants but one are called, and how a text that names one of them is told from one in which only the same word
 * stands. Pure.
 */
@Pure
final class OthersNames {
    private static final Pattern MADE_NAME = Pattern.compile("(?:t_|bh-|bulkhead-tenant-)([a-z2-7]{16})(?![a-z2-7])");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9][a-z0-9-]*--[a-z0-9]");

    /**
     * What Kubernetes, servers and our own sentences are full of. Somebody of such a name is named where a tenant, a person
     * or a group is, and not wherever the word stands.
     */
    private static final Set<String> WORDS =
            Pattern.compile("\\s+").splitAsStream("""
                    access account accounts admin admins all allowed another answer answers api app apps auditor auditors
                    backend backup binding bindings bucket buckets bulkhead canary client cluster code command config
                    connection connections container containers control create data database databases db default delete
                    demo denied deployment dev dns egress everybody exec get group groups host http https image ingress
                    internal job jobs key keys kube kubernetes label labels list local log logs login main master
                    member members metrics monitoring name namespace namespaces network no node nodes nobody object objects
                    operator other others own password patch people platform pod pods policies policy port postgres
                    postgresql probe prober prod proxy public put read reader reads refused report role roles root row rows
                    s3 schema secret secrets server servers service services session sql staff state storage store support
                    system table tables tcp team tenant tenants test tests the token tokens udp user users value values
                    version view viewer viewers watch way web whole worker workers workflow workflows workload write writer""").collect(Collectors.toUnmodifiableSet());

    private final String tenant;
    private final TenantIdentity identity;
    private final Set<String> own;
    private final Set<String> names;
    private final @Nullable Pattern words;

    private OthersNames(
            String tenant, TenantIdentity identity, Set<String> own, Set<String> names, Set<String> ordinary) {
        this.tenant = tenant;
        this.identity = identity;
        this.own = own;
        this.names = names;
        this.words = ordinary.isEmpty() ? null : named(ordinary);
    }

    /**
     * All that are not this tenant's.
     *
     * @param all every Tenant there is
     */
    static OthersNames of(Tenant self, Collection<Tenant> all) {
        TenantIdentity identity = TenantIdentity.of(self);
        Set<String> own = names(self).collect(Collectors.toSet());
        Set<String> others = all.stream()
                .filter(other -> !TenantIdentity.of(other).equals(identity))
                .flatMap(OthersNames::names)
                .filter(Predicate.not(own::contains))
                .collect(Collectors.toSet());
        Set<String> ordinary = new HashSet<>(WORDS);
        self.getSpec().namespaces().forEach(namespace -> ordinary.add(namespace.name()));
        self.getSpec().workflows().stream().map(Workflow::name).forEach(ordinary::add);
        Set<String> words = others.stream().filter(ordinary::contains).collect(Collectors.toSet());
        others.removeAll(words);
        return new OthersNames(self.getMetadata().getName(), identity, own, others, words);
    }

    /** What a tenant, its people and the homes of its data are called. */
    private static Stream<String> names(Tenant tenant) {
        TenantSpec.People people = tenant.getSpec().people();
        Stream<@Nullable String> persons = people == null
                ? Stream.of()
                : people.everybody().flatMap(person -> Stream.of(person.user(), person.group()));
        Stream<@Nullable String> homes = BackedParts.homes(tenant.getStatus()).homes().values().stream()
                .flatMap(home -> Stream.of(home.place().inside(), home.name(), home.credential()));
        return Stream.of(Stream.of(tenant.getMetadata().getName()), persons, homes)
                .flatMap(some -> some)
                .filter(Objects::nonNull)
                .filter(name -> !name.isBlank());
    }

    private static Pattern named(Set<String> words) {
        return Pattern.compile("(?:\\b[Tt]enants?|\\bUser|\\bGroup|\\bof|\\binto) (?:"
                + words.stream().map(Pattern::quote).collect(Collectors.joining("|")) + ")(?![\\w-])");
    }

    /** Whether a text names another tenant, or what is another's by the way it is called. */
    boolean in(String text) {
        return MADE_NAME.matcher(text).results().anyMatch(name -> !name.group(1).equals(identity.suffix()))
                || UUID.matcher(text).results().anyMatch(id -> !id.group().equals(identity.value()))
                || NAMESPACE
                        .matcher(text)
                        .results()
                        .anyMatch(name -> !name.group().startsWith(tenant + "--"))
                || names.stream().anyMatch(name -> in(text, name))
                || (words != null && words.matcher(text).find());
    }

    /** Also within a longer name, such as a role's that is called after the tenant; but not within one's own. */
    private boolean in(String text, String name) {
        for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
            int start = at;
            int end = at + name.length();
            if (standsAlone(text, start, end) && own.stream().noneMatch(longer -> covers(text, longer, start, end))) {
                return true;
            }
        }
        return false;
    }

    private static boolean covers(String text, String longer, int start, int end) {
        for (int at = text.indexOf(longer, Math.max(0, end - longer.length()));
                at >= 0 && at <= start;
                at = text.indexOf(longer, at + 1)) {
            if (standsAlone(text, at, at + longer.length())) {
                return true;
            }
        }
        return false;
    }

    private static boolean standsAlone(String text, int start, int end) {
        return (start == 0 || !Character.isLetterOrDigit(text.charAt(start - 1)))
                && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)));
    }
}
