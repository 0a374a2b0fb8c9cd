package dev.bulkhead.operator.database;

import java.util.Arrays;

/**
 * A login and its password. The array belongs to whoever made it: zero it when the login is set up.
 *
 * @param username a role of the server
 * @param password in characters; copied nowhere, never printed
 */
@SuppressWarnings("ArrayRecordComponent") // a String could not be zeroed; equality is never asked for
public record Credential(String username, char[] password) {
    /** Overwrites the password. */
    public void clear() {
        Arrays.fill(password, '\0');
    }

    @Override
    public String toString() {
        return username + "/***";
    }
}
