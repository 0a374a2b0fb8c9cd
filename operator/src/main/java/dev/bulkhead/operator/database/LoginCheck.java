package dev.bulkhead.operator.database;

/** What came of trying a log-in as the tenant itself would. */
enum LoginCheck {
    /** The server knows the password. */
    ACCEPTED,
    /** The server does not know the password. */
    REJECTED,
    /** The server was not asked, or answered about something else: full, closed to this address. */
    UNKNOWN
}
