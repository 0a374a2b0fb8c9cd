package dev.bulkhead.operator.secret;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Fills the credentials of a key ring into planned Secrets, just before they are written. */
public final class SecretContents {
    private SecretContents() {}

    /** The Secret as it is written. */
    public static Secret fill(PlannedSecret planned, KeyRing ring) {
        Map<String, String> data = new TreeMap<>();
        planned.data().forEach((key, value) -> data.put(key, encoded(value, ring)));
        return new SecretBuilder()
                .withNewMetadata()
                .withName(planned.name())
                .withNamespace(planned.namespace())
                .withLabels(planned.labels())
                .endMetadata()
                .withType(planned.type())
                .withData(data)
                .build();
    }

    /** Changes when the data of the Secret does, and tells nothing about it. */
    public static String fingerprint(Secret secret, KeyRing ring) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        new TreeMap<>(secret.getData()).forEach((key, value) -> {
            append(all, key.getBytes(StandardCharsets.UTF_8));
            append(all, value.getBytes(StandardCharsets.US_ASCII));
        });
        return ring.fingerprint(all.toByteArray());
    }

    private static void append(ByteArrayOutputStream all, byte[] part) {
        all.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        all.writeBytes(part);
    }

    private static String encoded(PlannedSecret.Value value, KeyRing ring) {
        return switch (value) {
            case PlannedSecret.Value.Text text ->
                Base64.getEncoder().encodeToString(text.text().getBytes(StandardCharsets.UTF_8));
            case PlannedSecret.Value.Credential credential -> {
                byte[] secret = ring.credential(credential.purpose())
                        .orElseThrow(() -> new IllegalStateException(
                                "the key ring holds no " + credential.purpose().id()));
                byte[] before = credential.before().getBytes(StandardCharsets.UTF_8);
                byte[] after = credential.after().getBytes(StandardCharsets.UTF_8);
                byte[] all = ByteBuffer.allocate(before.length + secret.length + after.length)
                        .put(before)
                        .put(secret)
                        .put(after)
                        .array();
                try {
                    yield Base64.getEncoder().encodeToString(all);
                } finally {
                    Arrays.fill(secret, (byte) 0);
                    Arrays.fill(all, (byte) 0);
                }
            }
        };
    }
}
