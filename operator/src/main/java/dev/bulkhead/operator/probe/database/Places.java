package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.database.Administration;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the placeholders of an attempt stand for: {@code {own}} and {@code {other}} for schemas, {@code {own:app}} and
 * {@code {other:l1}} for roles, {@code {canary}} for the other tenant's table, {@code {table}} for one the check makes
 * and rolls back, {@code {probe}} and {@code {second}} for names nobody has, {@code {login}}, {@code {operator}} and
 * {@code {administrator}} for roles, {@code {database}} for the database.
 */
final class Places {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z0-9:]+)\\}");

    private final Map<String, String> texts;

    private Places(Map<String, String> texts) {
        this.texts = texts;
    }

    /**
     * Places of a tenant.
     *
     * @param login the role that logs in
     * @param suffix random, so that no tenant can take the name before
     */
    static Places of(TenantIdentity own, String login, ServerFacts facts, String suffix) {
        Map<String, String> texts = new HashMap<>();
        String probe = "bulkhead_probe_" + suffix;
        put(texts, "own", own);
        texts.put("probe", quoted(probe));
        texts.put("second", quoted(probe + "_2"));
        texts.put("table", quoted(own.schema()) + "." + quoted(probe));
        texts.put("login", quoted(login));
        texts.put("operator", quoted(facts.operator()));
        texts.put("administrator", quoted(Administration.administrator(facts.operator(), own)));
        texts.put("database", quoted(facts.database()));
        texts.put("extension", quoted(facts.extension()));
        texts.put("pid", Integer.toString(facts.foreignSession()));
        return new Places(texts);
    }

    /** The same with another tenant to attack. */
    Places against(TenantIdentity other) {
        Map<String, String> more = new HashMap<>(texts);
        put(more, "other", other);
        more.put("canary", quoted(other.schema()) + "." + quoted(SchemaPlan.CANARY));
        return new Places(more);
    }

    /** The statement. */
    String fill(String template) {
        Matcher placeholder = PLACEHOLDER.matcher(template);
        StringBuilder sql = new StringBuilder();
        while (placeholder.find()) {
            String text = texts.get(placeholder.group(1));
            if (text == null) {
                throw new IllegalArgumentException("nothing stands for " + placeholder.group());
            }
            placeholder.appendReplacement(sql, Matcher.quoteReplacement(text));
        }
        return placeholder.appendTail(sql).toString();
    }

    private static void put(Map<String, String> texts, String whose, TenantIdentity tenant) {
        texts.put(whose, quoted(tenant.schema()));
        for (SchemaPlan.RoleKind kind : SchemaPlan.RoleKind.values()) {
            String role = kind.of(tenant);
            texts.put(whose + ":" + role.substring(tenant.schema().length() + 1), quoted(role));
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
