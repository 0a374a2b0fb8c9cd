package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;

/**
 * Ways to write a name that climbs out of a place and down into another. One character is one byte.
 *
 * <p>Each of them ends in the victim's bucket or below it, however a server reads it, cut off at a NUL too: a request that
 * gets through must meet nothing but the victim.
 */
@Pure
enum Spelling {
    PLAIN("plain", ".", "/"),
    PERCENT("percent-encoded", "%2e", "%2f"),
    PERCENT_SLASHES("slashes percent-encoded", ".", "%2F"),
    PERCENT_DOTS("dots percent-encoded", "%2E", "/"),
    PERCENT_TWICE("percent-encoded twice", "%252e", "%252f"),
    PERCENT_SLASHES_TWICE("slashes percent-encoded twice", ".", "%252F"),
    BACKSLASH("backslashes", ".", "\\"),
    BACKSLASH_UP("backslashes on the way up", (inside, up, bucket, rest) -> "..\\".repeat(up) + bucket + rest),
    PERCENT_BACKSLASH("backslashes percent-encoded", ".", "%5c"),
    NUL_AFTER_BUCKET("NUL behind the bucket", (inside, up, bucket, rest) -> climb(up, bucket + "\0" + rest)),
    NUL_AT_END("NUL at the end", (inside, up, bucket, rest) -> climb(up, bucket + rest + "\0")),
    NUL_AS_IT_IS("NUL at the end, not encoded", (inside, up, bucket, rest) -> climb(up, bucket + rest + "\0")),
    DOT_IN_FRONT("'.' segment in front", (inside, up, bucket, rest) -> "./" + climb(up, bucket + rest)),
    SLASH_IN_FRONT("'/' in front", (inside, up, bucket, rest) -> "/" + climb(up, bucket + rest)),
    DOTS_IN_THE_MIDDLE(
            "'..' segments in the middle", (inside, up, bucket, rest) -> inside + "/" + climb(up + 1, bucket + rest)),
    PERCENT_IN_THE_MIDDLE(
            "'..' segments in the middle, slashes percent-encoded",
            (inside, up, bucket, rest) -> replaced(inside + "/" + climb(up + 1, bucket + rest), ".", "%2f")),
    DOT_IN_THE_MIDDLE(
            "'.' segments in the middle", (inside, up, bucket, rest) -> ".././".repeat(up) + bucket + "/." + rest),
    DOTS_AT_END("'..' segment at the end", (inside, up, bucket, rest) -> climb(up, bucket + rest + "/x/..")),
    DOT_AT_END("'.' segment at the end", (inside, up, bucket, rest) -> climb(up, bucket + rest + "/.")),
    DOUBLED_SLASHES("slashes doubled", ".", "//"),
    DOUBLED_SEGMENTS(
            "'..' segments within '..' segments", (inside, up, bucket, rest) -> "....//".repeat(up) + bucket + rest),
    OVERLONG_TWO("overlong UTF-8 of two bytes", "\u00c0\u00ae", "\u00c0\u00af"),
    OVERLONG_THREE("overlong UTF-8 of three bytes", "\u00e0\u0080\u00ae", "\u00e0\u0080\u00af"),
    ONE_DOT_LEADERS("U+2024 for dots", "\u00e2\u0080\u00a4", "/"),
    TWO_DOT_LEADERS(
            "U+2025 for two dots", (inside, up, bucket, rest) -> "\u00e2\u0080\u00a5/".repeat(up) + bucket + rest),
    FULL_WIDTH("U+FF0E for dots, U+FF0F for slashes", "\u00ef\u00bc\u008e", "\u00ef\u00bc\u008f"),
    SMALL_FULL_STOPS("U+FE52 for dots, U+2215 for slashes", "\u00ef\u00b9\u0092", "\u00e2\u0088\u0095"),
    AS_THE_VICTIM_HAS_IT("the victim's own", (inside, up, bucket, rest) -> {
        throw new IllegalStateException("nothing climbs here");
    });

    private final String text;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final Writing writing;

    /** Climbs and goes down, with other characters for dots and slashes. */
    Spelling(String text, String dot, String slash) {
        this(text, (inside, up, bucket, rest) -> replaced(climb(up, bucket + rest), dot, slash));
    }

    Spelling(String text, Writing writing) {
        this.text = text;
        this.writing = writing;
    }

    /** What {@link #write} does. */
    private interface Writing {
        String write(String inside, int up, String bucket, String rest);
    }

    /** For people. */
    String text() {
        return text;
    }

    /**
     * The name.
     *
     * @param inside a segment of one's own to climb out of
     * @param up how many segments to climb
     * @param bucket to go down into
     * @param rest what follows the bucket; empty, or begins with a slash
     */
    String write(String inside, int up, String bucket, String rest) {
        return writing.write(inside, up, bucket, rest);
    }

    /** Whether bytes that cannot stand in a request line are sent there all the same. */
    boolean verbatim() {
        return this == NUL_AS_IT_IS;
    }

    private static String climb(int up, String down) {
        return "../".repeat(up) + down;
    }

    /** Names of buckets and keys have neither dots nor slashes of their own. */
    private static String replaced(String name, String dot, String slash) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            switch (c) {
                case '.' -> text.append(dot);
                case '/' -> text.append(slash);
                default -> text.append(c);
            }
        }
        return text.toString();
    }
}
