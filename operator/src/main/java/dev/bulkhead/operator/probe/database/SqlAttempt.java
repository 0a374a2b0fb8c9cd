package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.evidence.Trial;

/**
 * Something to try, and the same where it is allowed. Texts hold placeholders in braces, see {@link Places}.
 *
 * @param name as {@link Trial#name()}
 * @param kind what its success would mean
 * @param mode the transaction it is tried in
 * @param attack what must be refused
 * @param check what must work, in a transaction in which {@code {table}} exists and holds a row
 */
record SqlAttempt(String name, Trial.TrialKind kind, TransactionMode mode, SqlStep attack, SqlStep check) {
    /** The transaction of an attack. None is ever committed. */
    enum TransactionMode {
        /** One that cannot write even if it is let through. */
        ReadOnly,
        /** One that can, and is rolled back. */
        RolledBack,
        /** None: for what the server does outside of transactions only, and which changes nothing. */
        Outside
    }

    /** As whom a statement runs. */
    enum As {
        /** The role that owns what the tenant makes; sessions start as it. */
        Application,
        /** The login itself. */
        Login
    }

    /** A statement and as whom it runs. */
    record SqlStep(As as, String sql) {}

    /** Read-only, as the application. */
    static SqlAttempt read(String name, String attack, String check) {
        return of(name, TransactionMode.ReadOnly, attack, check);
    }

    /** Rolled back, as the application. */
    static SqlAttempt write(String name, String attack, String check) {
        return of(name, TransactionMode.RolledBack, attack, check);
    }

    /** Rolled back; the attack and its check as the login. */
    static SqlAttempt login(String name, String attack, String check) {
        return new SqlAttempt(
                name,
                Trial.TrialKind.BreakOut,
                TransactionMode.RolledBack,
                new SqlStep(As.Login, attack),
                new SqlStep(As.Login, check));
    }

    private static SqlAttempt of(String name, TransactionMode mode, String attack, String check) {
        return new SqlAttempt(
                name,
                Trial.TrialKind.BreakOut,
                mode,
                new SqlStep(As.Application, attack),
                new SqlStep(As.Application, check));
    }

    /** The same, checked as the application: for what a login is allowed nowhere. */
    SqlAttempt checkedAsApplication() {
        return new SqlAttempt(name, kind, mode, attack, new SqlStep(As.Application, check.sql()));
    }

    /** The same, where a success is missing protection and opens no way by itself. */
    SqlAttempt weakness() {
        return new SqlAttempt(name, Trial.TrialKind.Weakness, mode, attack, check);
    }

    /** The same, outside of a transaction. */
    SqlAttempt outside() {
        return new SqlAttempt(name, kind, TransactionMode.Outside, attack, check);
    }
}
