package dev.bulkhead.e2e.operator.faults;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Replaces what must differ between two tenants, or two runs, by words: names, identities, times, random values. */
final class Masks {
    private static final Map<Pattern, String> ALWAYS = Map.of(
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z"), "<time>",
            // ReplicaSets carry a hash of their pods' template, which holds the tenant's name.
            Pattern.compile("(\"pod-template-hash\":)\"[a-z0-9]+\""), "$1\"<hash>\"",
            Pattern.compile("(\"bulkhead.dev/given\":)\"[^\"]+\""), "$1\"<fingerprint>\"");

    private final Map<String, String> words = new LinkedHashMap<>();

    Masks(Tenant tenant) {
        TenantIdentity identity = TenantIdentity.of(tenant);
        words.put(identity.value(), "<identity>");
        words.put(identity.hash(), "<identity-hash>");
        words.put(identity.suffix(), "<suffix>");
        words.put(tenant.getMetadata().getName(), "<tenant>");
    }

    /** From now on this value reads as that word. */
    void hide(String value, String word) {
        if (value.length() < 8) {
            throw new IllegalArgumentException("too short to be replaced everywhere");
        }
        words.put(value, word);
    }

    String mask(String text) {
        String masked = text;
        for (Map.Entry<String, String> word : words.entrySet()) {
            masked = masked.replace(word.getKey(), word.getValue());
        }
        for (Map.Entry<Pattern, String> pattern : ALWAYS.entrySet()) {
            masked = pattern.getKey().matcher(masked).replaceAll(pattern.getValue());
        }
        return masked;
    }
}
