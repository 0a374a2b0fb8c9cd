package dev.bulkhead.e2e.stack;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Keys and certificates as PEM files. Private keys are in PKCS #8. */
final class Pem {
    /** The number of this kind of alternative name (RFC 5280, GeneralName). */
    private static final int IP_ADDRESS = 7;

    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {}

    static void write(Path file, PrivateKey key) {
        write(file, "PRIVATE KEY", key);
    }

    static void writePublic(Path file, Key key) {
        write(file, "PUBLIC KEY", key);
    }

    static void write(Path file, X509Certificate certificate) {
        try {
            write(file, "CERTIFICATE", certificate.getEncoded());
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The IP addresses that the certificate in {@code file} names. */
    static Set<String> certificateAddresses(Path file) {
        try {
            Collection<List<?>> names = certificate(file).getSubjectAlternativeNames();
            return names == null
                    ? Set.of()
                    : names.stream()
                            .filter(name -> Integer.valueOf(IP_ADDRESS).equals(name.get(0)))
                            .map(name -> String.valueOf(name.get(1)))
                            .collect(Collectors.toSet());
        } catch (CertificateParsingException e) {
            throw new StackException(file + " is not a certificate; remove the state with `./bulkhead down --wipe`", e);
        }
    }

    static X509Certificate certificate(Path file) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
        } catch (CertificateException e) {
            throw new StackException(file + " is not a certificate; remove the state with `./bulkhead down --wipe`", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code algorithm} is the key's, {@code "EC"} or {@code "RSA"}. */
    static PrivateKey privateKey(Path file, String algorithm) {
        try {
            String text = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text)));
        } catch (GeneralSecurityException e) {
            throw new StackException(file + " is not a private key; remove the state with `./bulkhead down --wipe`", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code file} holds. */
    static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String type, Key key) {
        write(file, type, key.getEncoded());
    }

    private static void write(Path file, String type, byte[] encoded) {
        String text =
                "-----BEGIN " + type + "-----\n" + LINES.encodeToString(encoded) + "\n-----END " + type + "-----\n";
        PrivateFiles.write(file, text.getBytes(StandardCharsets.US_ASCII));
    }
}
