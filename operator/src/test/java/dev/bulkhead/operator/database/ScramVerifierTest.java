package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramVerifierTest {
    private final char[] password = "correct horse".toCharArray();

    /** Made by PostgreSQL 18 from the password {@code pencil}. */
    private static final String OF_POSTGRES =
            "SCRAM-SHA-256$4096:SM7IyXUqaiwhBZmP5CNc4g==$+gF0SZxOKw8TxU6MPH7KGnKBE7QDH92pBPwU/Txkpfw=:nDRsMIBYS3e2bUDMkYwL2kK9FTvJ8NDSz6zBbpH58kQ=";

    @Test
    void a_verifier_is_of_its_password_and_of_no_other() {
        String verifier = ScramVerifier.of(password, new SecureRandom());

        assertThat(ScramVerifier.matches(verifier, password)).isTrue();
        assertThat(ScramVerifier.matches(verifier, "incorrect horse".toCharArray()))
                .isFalse();
    }

    @Test
    void two_verifiers_of_one_password_differ() {
        SecureRandom random = new SecureRandom();

        assertThat(ScramVerifier.of(password, random)).isNotEqualTo(ScramVerifier.of(password, random));
    }

    @Test
    void a_verifier_that_postgresql_made_is_understood() {
        assertThat(ScramVerifier.matches(OF_POSTGRES, "pencil".toCharArray())).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "md5a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4",
                "SCRAM-SHA-256$",
                "SCRAM-SHA-256$1:AAAA$AAAA:AAAA",
                "SCRAM-SHA-256$9999999:AAAA$AAAA:AAAA",
                "SCRAM-SHA-256$4096:====$AAAA:AAAA"
            })
    void what_a_tenant_may_have_stored_instead_is_not_its_password(@Nullable String stored) {
        assertThat(ScramVerifier.matches(stored, password)).isFalse();
    }

    @Test
    void names_are_quoted_and_literals_of_others_refused() {
        assertThat(SqlNames.name("a\"b;--")).isEqualTo("\"a\"\"b;--\"");
        assertThatIllegalArgumentException().isThrownBy(() -> SqlNames.name("a\0b"));
        assertThatIllegalArgumentException().isThrownBy(() -> SqlNames.literal("it's"));
    }
}
