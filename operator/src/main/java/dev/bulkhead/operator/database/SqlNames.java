package dev.bulkhead.operator.database;

import java.util.List;
import java.util.stream.Collectors;

/** Identifiers and literals as PostgreSQL reads them. Identifiers are always quoted: some are chosen by tenants. */
final class SqlNames {
    private SqlNames() {}

    /** {@code "name"}, with quotes doubled. */
    static String name(String identifier) {
        return '"' + checked(identifier).replace("\"", "\"\"") + '"';
    }

    /** {@code "schema"."name"}. */
    static String name(String schema, String identifier) {
        return name(schema) + '.' + name(identifier);
    }

    /** Quoted names, separated by commas. */
    static String names(List<String> identifiers) {
        return identifiers.stream().map(SqlNames::name).collect(Collectors.joining(", "));
    }

    /** {@code 'text'}; only for text of the operator's own making, which holds neither quotes nor backslashes. */
    static String literal(String text) {
        if (text.indexOf('\'') >= 0 || text.indexOf('\\') >= 0) {
            throw new IllegalArgumentException("a literal of the operator's own making holds a quote or a backslash");
        }
        return '\'' + checked(text) + '\'';
    }

    private static String checked(String text) {
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an SQL name or text is empty or holds a zero character");
        }
        return text;
    }
}
