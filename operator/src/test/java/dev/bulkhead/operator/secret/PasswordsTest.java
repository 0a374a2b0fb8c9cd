package dev.bulkhead.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Measure 002-16: length, alphabet, and uniqueness over 10,000 issues. */
class PasswordsTest {
    @Test
    void ten_thousand_passwords_have_43_characters_of_base64url_and_are_all_different() {
        SecureRandom random = new SecureRandom();
        Set<String> issued = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String password = Passwords.generate(random);
            assertThat(password).matches("[A-Za-z0-9_-]{43}");
            assertThat(Base64.getUrlDecoder().decode(password)).hasSize(32);
            issued.add(password);
        }
        assertThat(issued).hasSize(10_000);
        assertThat(Passwords.LENGTH).isEqualTo(43);
    }
}
