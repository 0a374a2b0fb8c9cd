package dev.bulkhead.operator.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.objectstore.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientCertificateTest {
    private static String certificate;
    private static String key;

    @BeforeAll
    static void make(@TempDir Path folder) throws Exception {
        TestCertificate made = TestCertificate.in(folder);
        certificate = made.pem();
        key = Files.readString(made.keyFile());
    }

    @Test
    void both_parts_make_a_key_manager() throws GeneralSecurityException {
        assertThat(ClientCertificate.of(certificate, key).keyManagers()).hasSize(1);
    }

    @Test
    void what_is_missing_or_mixed_up_is_named_and_not_repeated() {
        assertThatThrownBy(() -> ClientCertificate.of("", key)).hasMessageContaining("no certificate");
        assertThatThrownBy(() -> ClientCertificate.of(certificate, certificate)).hasMessageContaining("no PKCS#8 key");
        String broken = key.replaceFirst("-----\nM", "-----\nA");
        assertThatThrownBy(() -> ClientCertificate.of(certificate, broken))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("cannot be read")
                .hasNoCause();
    }
}
