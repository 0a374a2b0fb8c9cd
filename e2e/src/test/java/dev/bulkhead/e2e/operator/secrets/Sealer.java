package dev.bulkhead.e2e.operator.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.TenantSecretSpec;
import dev.bulkhead.operator.cli.SealCommand;
import dev.bulkhead.operator.secret.SealingKeySource;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Runs {@code bulkhead seal} as a tenant's developer does: the key from the ConfigMap, the value from standard input. */
record Sealer(KubernetesClient client) {
    /** A TenantSecret as the command prints it, with these values. */
    TenantSecret seal(Instant when, String namespace, String name, String type, Map<String, String> values) {
        Map<String, String> sealed = new TreeMap<>();
        TenantSecretSpec.@Nullable SecretType secretType = null;
        for (Map.Entry<String, String> value : values.entrySet()) {
            TenantSecret one = sealOne(when, namespace, name, type, value.getKey(), value.getValue());
            sealed.putAll(one.getSpec().data());
            secretType = one.getSpec().type();
        }
        TenantSecret all = new TenantSecret();
        all.setMetadata(
                new ObjectMetaBuilder().withNamespace(namespace).withName(name).build());
        all.setSpec(new TenantSecretSpec(Objects.requireNonNull(secretType), sealed, null));
        return all;
    }

    private TenantSecret sealOne(
            Instant when, String namespace, String name, String type, String key, String plaintext) {
        InputStream stdin = new ByteArrayInputStream(plaintext.getBytes(StandardCharsets.UTF_8));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(
                        new SealCommand(this::key, stdin, Clock.fixed(when, ZoneOffset.UTC), new SecureRandom()))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("--namespace", namespace, "--name", name, "--key", key, "--type", type, "-o", "yaml");
        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).doesNotContain(plaintext);
        return client.getKubernetesSerialization().unmarshal(out.toString(), TenantSecret.class);
    }

    /** A TenantSecret around values that were sealed somewhere. */
    TenantSecret wrap(String namespace, String name, Map<String, String> values) {
        return wrap(namespace, name, values, null);
    }

    TenantSecret wrap(String namespace, String name, Map<String, String> values, @Nullable Boolean allowOlder) {
        TenantSecret secret = new TenantSecret();
        secret.setMetadata(
                new ObjectMetaBuilder().withNamespace(namespace).withName(name).build());
        secret.setSpec(new TenantSecretSpec(TenantSecretSpec.SecretType.Opaque, values, allowOlder));
        return secret;
    }

    private SealingKeySource.Lookup key(String namespace) {
        ConfigMap card = client.configMaps()
                .inNamespace(namespace)
                .withName("bulkhead-tenant")
                .get();
        return card == null ? new SealingKeySource.Lookup.Absent() : new SealingKeySource.Lookup.Found(card.getData());
    }
}
