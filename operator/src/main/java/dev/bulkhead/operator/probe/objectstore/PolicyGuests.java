package dev.bulkhead.operator.probe.objectstore;

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

/** Whom the policy of a tenant's bucket lets in beside the tenant, under whatever condition. */
@Pure
final class PolicyGuests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_CHARACTERS = 120;

    private PolicyGuests() {}

    /**
     * Reads.
     *
     * @param policy as the server gives it
     * @return as the policy names them; empty, and not an empty set, where nobody in it is known to be the tenant: its key is
     *     then one that somebody else made, and named, or the policy is one that cannot be read
     */
    static Optional<SortedSet<String>> of(String policy, TenantIdentity tenant) {
        JsonNode statements;
        try {
            statements = JSON.readTree(policy).path("Statement");
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
        SortedSet<String> guests = new TreeSet<>();
        boolean known = false;
        for (JsonNode statement : statements.isObject() ? JSON.createArrayNode().add(statements) : statements) {
            if (!"Deny".equals(statement.path("Effect").asText())) {
                for (String principal : principals(statement)) {
                    if (isOf(principal, tenant)) {
                        known = true;
                    } else {
                        guests.add(
                                principal.length() > MOST_CHARACTERS
                                        ? principal.substring(0, MOST_CHARACTERS) + "…"
                                        : principal);
                    }
                }
            }
        }
        return known ? Optional.of(guests) : Optional.empty();
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
