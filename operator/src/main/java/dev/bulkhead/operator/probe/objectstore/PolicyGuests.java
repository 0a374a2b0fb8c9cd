package dev.bulkhead.operator.probe.objectstore;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Whom the policy of a tenant's bucket lets in beside the tenant, under whatever condition. */
@Pure
final class PolicyGuests {
    private static final ObjectMapper JSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final int MOST_CHARACTERS = 120;
    private static final Pattern SLOT = Pattern.compile("-[12]$");

    private PolicyGuests() {}

    /**
     * Reads.
     *
     * @param policy as the server gives it
     * @return as the policy names them; empty, and not an empty set, where nobody in it is known to be the tenant: its key is
     *     then one that somebody else made, and named
     * @throws JsonProcessingException where it cannot be read, or says a name twice: two parsers may read two things in it
     */
    static Optional<SortedSet<String>> of(String policy, TenantIdentity tenant) throws JsonProcessingException {
        JsonNode statements = JSON.readTree(policy).path("Statement");
        SortedSet<String> guests = new TreeSet<>();
        SortedSet<String> own = new TreeSet<>();
        for (JsonNode statement : statements.isObject() ? JSON.createArrayNode().add(statements) : statements) {
            if (!"Deny".equals(statement.path("Effect").asText())) {
                for (String principal : principals(statement)) {
                    (isOf(principal, tenant) ? own : guests).add(principal);
                }
            }
        }
        // A tenant is one user, or two that differ in the slot alone; of another account somebody else has that name.
        if (own.stream()
                        .map(principal -> SLOT.matcher(principal).replaceFirst("-"))
                        .distinct()
                        .count()
                > 1) {
            guests.addAll(own);
        }
        return own.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        guests.stream().map(PolicyGuests::shortened).collect(Collectors.toCollection(TreeSet::new)));
    }

    private static String shortened(String principal) {
        return principal.length() > MOST_CHARACTERS ? principal.substring(0, MOST_CHARACTERS) + "…" : principal;
    }

    private static SortedSet<String> principals(JsonNode statement) {
        SortedSet<String> all = new TreeSet<>();
        JsonNode principal = statement.path("Principal");
        if (principal.isTextual()) {
            all.add(principal.asText());
        }
        for (JsonNode kind : principal) {
            if (kind.isTextual()) {
                all.add(kind.asText());
            }
            kind.forEach(one -> all.add(one.asText()));
        }
        if (statement.has("NotPrincipal")) {
            all.add("everybody but " + statement.path("NotPrincipal"));
        }
        return all;
    }

    /** A user is called as the bucket is, or as one of its two keys: see the drivers that make keys. */
    private static boolean isOf(String principal, TenantIdentity tenant) {
        String name = principal.substring(principal.lastIndexOf('/') + 1);
        return name.equals(tenant.bucket())
                || Arrays.stream(Slot.values()).anyMatch(slot -> name.equals(tenant.bucket() + "-" + slot.number()));
    }
}
