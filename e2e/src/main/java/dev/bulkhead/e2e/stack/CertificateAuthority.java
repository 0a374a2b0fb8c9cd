package dev.bulkhead.e2e.stack;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority of one local stack, with its key beside its certificates. Ten years, because
 * the state is disposable and nobody renews it.
 */
public final class CertificateAuthority {
    private static final Duration LIFETIME = Duration.ofDays(3650);
    /** Tolerates a clock that was set back between two runs. */
    private static final Duration SKEW = Duration.ofHours(24);

    private final Path directory;
    private final InstantSource clock;
    private final SecureRandom random;
    private final PrivateKey key;
    private final X509Certificate certificate;

    private CertificateAuthority(
            Path directory, InstantSource clock, SecureRandom random, PrivateKey key, X509Certificate certificate) {
        this.directory = directory;
        this.clock = clock;
        this.random = random;
        this.key = key;
        this.certificate = certificate;
    }

    /** The authority {@code <name>.crt}, {@code <name>.key} in {@code directory}, made when it is not there. */
    public static CertificateAuthority loadOrCreate(
            Path directory, String name, InstantSource clock, SecureRandom random) {
        Path keyFile = directory.resolve(name + ".key");
        Path certificateFile = directory.resolve(name + ".crt");
        // The certificate is written last: where it is, its key is too.
        if (!Files.exists(certificateFile)) {
            KeyPair pair = newKeyPair(random);
            X500Name subject = new X500Name("CN=bulkhead local " + name);
            X509v3CertificateBuilder builder = builder(subject, subject, pair.getPublic(), clock, random);
            extend(builder, Extension.basicConstraints, true, new BasicConstraints(0));
            extend(builder, Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            Pem.write(keyFile, pair.getPrivate());
            Pem.write(certificateFile, sign(builder, pair.getPrivate()));
        }
        return new CertificateAuthority(
                directory, clock, random, Pem.privateKey(keyFile, "EC"), Pem.certificate(certificateFile));
    }

    /**
     * A server certificate for {@code dnsNames}, {@code localhost}, 127.0.0.1 and {@code addresses}, usable as a client's
     * too. One that lacks an address is replaced.
     */
    public void server(String name, List<String> dnsNames, List<String> addresses) {
        SortedSet<String> all = new TreeSet<>(addresses);
        all.add("127.0.0.1");
        Path certificateFile = directory.resolve(name + ".crt");
        if (Files.exists(certificateFile)
                && !Pem.certificateAddresses(certificateFile).containsAll(all)) {
            PrivateFiles.deleteTree(certificateFile);
        }
        GeneralName[] names = Stream.concat(
                        Stream.concat(dnsNames.stream(), Stream.of("localhost"))
                                .map(dns -> new GeneralName(GeneralName.dNSName, dns)),
                        all.stream().map(address -> new GeneralName(GeneralName.iPAddress, address)))
                .toArray(GeneralName[]::new);
        issue(
                name,
                () -> newKeyPair(random),
                "CN=" + name,
                List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth),
                new GeneralNames(names));
    }

    /** A client certificate; {@code subject} e.g. {@code "CN=system:kube-controller-manager"}. */
    public void client(String name, String subject) {
        client(name, () -> newKeyPair(random), subject);
    }

    /** The same with an RSA key: Fabric8's client reads no elliptic-curve key in PKCS #8 from a kubeconfig. */
    void rsaClient(String name, String subject) {
        client(name, () -> newRsaKeyPair(random), subject);
    }

    private static KeyPair newRsaKeyPair(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    private void client(String name, Supplier<KeyPair> keys, String subject) {
        issue(name, keys, subject, List.of(KeyPurposeId.id_kp_clientAuth), new GeneralNames(new GeneralName[0]));
    }

    private void issue(
            String name, Supplier<KeyPair> keys, String subject, List<KeyPurposeId> purposes, GeneralNames names) {
        Path certificateFile = directory.resolve(name + ".crt");
        if (Files.exists(certificateFile)) {
            return;
        }
        KeyPair pair = keys.get();
        X500Name issuer =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        X509v3CertificateBuilder builder = builder(issuer, new X500Name(subject), pair.getPublic(), clock, random);
        extend(builder, Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
        extend(builder, Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
        if (names.getNames().length > 0) {
            extend(builder, Extension.subjectAlternativeName, false, names);
        }
        Pem.write(directory.resolve(name + ".key"), pair.getPrivate());
        Pem.write(certificateFile, sign(builder, key));
    }

    static KeyPair newKeyPair(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey publicKey, InstantSource clock, SecureRandom random) {
        Instant now = clock.instant();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(127, random),
                Date.from(now.minus(SKEW)),
                Date.from(now.plus(LIFETIME)),
                subject,
                publicKey);
        try {
            extend(
                    builder,
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(publicKey));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-1 for key identifiers", e);
        }
        return builder;
    }

    private static void extend(
            X509v3CertificateBuilder builder, ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
        try {
            builder.addExtension(id, critical, value);
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
