package dev.bulkhead.operator.database;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement of a tenant's transaction. */
sealed interface SqlStatement {
    /** The role the statement runs as, by SET LOCAL ROLE; null for the operator itself. */
    @Nullable
    String as();

    /** Other roles that the operator has to be able to become for it. */
    List<String> needs();

    /** What it is about, in words that may stand in a status: never SQL, never a secret. */
    String subject();

    /** A statement whose text is all there is to it. */
    record Ddl(@Nullable String as, List<String> needs, String text, String subject) implements SqlStatement {
        /** Makes the list immutable. */
        public Ddl {
            needs = List.copyOf(needs);
        }
    }

    /** Gives a login the verifier of the password its tenant was given. The password itself never travels. */
    record Password(String role, @Nullable String as) implements SqlStatement {
        @Override
        public List<String> needs() {
            return List.of();
        }

        @Override
        public String subject() {
            return "password of role " + role;
        }
    }

    /** A statement of the operator itself. */
    static SqlStatement operator(String subject, String text) {
        return new Ddl(null, List.of(), text, subject);
    }

    /** A statement of the operator itself that hands something from or to these roles. */
    static SqlStatement operatorFor(List<String> roles, String subject, String text) {
        return new Ddl(null, roles, text, subject);
    }

    /** A statement that only the named role may run; null: the operator itself. */
    static SqlStatement as(@Nullable String role, String subject, String text) {
        return new Ddl(role, List.of(), text, subject);
    }
}
