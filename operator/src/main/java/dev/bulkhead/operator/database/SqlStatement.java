package dev.bulkhead.operator.database;

import org.jspecify.annotations.Nullable;

/** One statement of a tenant's transaction. */
sealed interface SqlStatement {
    /** The role the statement runs as, by SET LOCAL ROLE; null for the operator itself. */
    @Nullable
    String as();

    /** What it is about, in words that may stand in a status: never SQL, never a secret. */
    String subject();

    /** A statement whose text is all there is to it. */
    record Ddl(@Nullable String as, String text, String subject) implements SqlStatement {}

    /** Gives a login the verifier of the password its tenant was given. The password itself never travels. */
    record Password(String role) implements SqlStatement {
        @Override
        public @Nullable String as() {
            return null;
        }

        @Override
        public String subject() {
            return "password of role " + role;
        }
    }

    /** A statement of the operator itself. */
    static SqlStatement operator(String subject, String text) {
        return new Ddl(null, text, subject);
    }

    /** A statement that only the named role may run. */
    static SqlStatement as(String role, String subject, String text) {
        return new Ddl(role, text, subject);
    }
}
