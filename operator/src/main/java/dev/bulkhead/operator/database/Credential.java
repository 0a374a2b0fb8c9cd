package dev.bulkhead.operator.database;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A login and its password. The array belongs to whoever made it: zero it when the login is set up.
 *
 * @param username a role of the server
 * @param password in characters; copied nowhere, never printed
 */
@SuppressWarnings("ArrayRecordComponent") // a String could not be zeroed; equality is never asked for
public record Credential(String username, char[] password) {
    /** From a password in UTF-8, which stays the caller's to clear. */
    public static Credential of(String username, byte[] password) {
        CharBuffer characters = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(password));
        char[] own = new char[characters.remaining()];
        characters.get(own);
        Arrays.fill(characters.array(), '\0');
        return new Credential(username, own);
    }

    /** Overwrites the password. */
    public void clear() {
        Arrays.fill(password, '\0');
    }

    @Override
    public String toString() {
        return username + "/***";
    }
}
