package dev.bulkhead.operator.validate;

import org.jspecify.annotations.Nullable;

/** Text that somebody else wrote, made fit for a message: short, in quotes, without invisible or control characters. */
final class Quoted {
    private static final int LONGEST = 80;

    private Quoted() {}

    /** The text in single quotes; what could disguise or forge other text appears as its code point. */
    static String of(@Nullable String text) {
        if (text == null) {
            return "nothing";
        }
        StringBuilder quoted = new StringBuilder("'");
        text.codePoints().limit(LONGEST).forEach(c -> append(quoted, c));
        if (text.codePointCount(0, text.length()) > LONGEST) {
            quoted.append('…');
        }
        return quoted.append('\'').toString();
    }

    private static void append(StringBuilder quoted, int c) {
        boolean plain = switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
        if (plain) {
            quoted.appendCodePoint(c);
        } else {
            quoted.append(String.format("\\u{%x}", c));
        }
    }
}
