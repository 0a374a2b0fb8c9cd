package dev.bulkhead.operator.outcome;

/** What came of trying a tenant's credential, as the tenant itself would. */
public enum Admission {
    /** It lets in. */
    Admitted,
    /** The server does not let it in. */
    Refused,
    /** The server does not answer, or answers about something else. */
    Unknown
}
