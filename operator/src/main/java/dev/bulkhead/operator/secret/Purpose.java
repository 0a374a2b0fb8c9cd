package dev.bulkhead.operator.secret;

import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a stored credential is for. The id is both the key in the key ring's Secret and part of what is authenticated
 * with the value. Purposes that a newer version added are kept as they are.
 *
 * @param id lower-case words joined by dots or hyphens, at most 63 characters; {@code tk} and {@code seal} are taken
 */
public record Purpose(String id) implements Comparable<Purpose> {
    // Above the constants, whose constructors need them.
    private static final int MAX_CHARS = 63;
    private static final Pattern ID = Pattern.compile("(?!(?:tk|seal)(?:[.-]|$))[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*");

    /** Login that reads the tenant's schema for dumps and checks. */
    public static final Purpose BACKUP = new Purpose("backup");

    public Purpose {
        if (!isId(id)) {
            throw new IllegalArgumentException("not a purpose: lower-case words joined by dots are expected");
        }
    }

    /** The credential of a slot: the password of a login, the secret of a key; see {@code docs/formats.md}. */
    public static Purpose of(PartId part, Slot slot) {
        return new Purpose(
                part.name().toLowerCase(Locale.ROOT) + (part == PartId.database ? ".l" : ".") + slot.number());
    }

    static boolean isId(String text) {
        return text.length() <= MAX_CHARS && ID.matcher(text).matches();
    }

    @Override
    public int compareTo(Purpose other) {
        return id.compareTo(other.id);
    }
}
