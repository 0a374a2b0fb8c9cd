package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.database.DatabaseAddress;

/**
 * A tenant's way into its database.
 *
 * @param address where the server is, from the platform's inventory and not from what a tenant could have edited
 * @param database the tenant's database
 * @param username the role that logs in
 * @param password its password
 */
public record DatabaseLogin(DatabaseAddress address, String database, String username, String password) {
    /** Without the password. */
    @Override
    public String toString() {
        return "login " + username + " of database " + database + " on " + address;
    }
}
