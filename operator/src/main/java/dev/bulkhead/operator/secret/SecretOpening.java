package dev.bulkhead.operator.secret;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.TenantSecretSpec.SecretType;
import dev.bulkhead.api.v1beta1.TenantSecretStatus;
import dev.bulkhead.api.v1beta1.TenantSecretStatus.Accepted;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Conditions;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a TenantSecret opens into: all of its values or none. Pure, given the key ring.
 *
 * @param secret the Secret to deliver; null when anything was refused
 * @param accepted newest time of sealing by key
 * @param fingerprint changes when the values do
 */
record SecretOpening(
        @Nullable Secret secret,
        List<Accepted> accepted,
        int sealKeyVersion,
        String fingerprint,
        List<Finding> findings) {
    /** How far the clocks of who seals and of the operator may be apart. */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(10);

    /** What is told of a time beyond this is this one. */
    private static final long LATEST = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();

    /**
     * Opens it.
     *
     * @param epochs what was accepted before, whatever became of the TenantSecret since
     * @param now none is accepted that says it was sealed much later: no honest value would come after it
     */
    static SecretOpening of(
            TenantSecret sealed,
            String tenant,
            TenantIdentity identity,
            KeyRing ring,
            AcceptedEpochs epochs,
            Instant now) {
        String namespace = sealed.getMetadata().getNamespace();
        String name = sealed.getMetadata().getName();
        Map<String, Long> newest = newest(sealed);
        Map<String, String> data = new TreeMap<>();
        List<Accepted> accepted = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int oldestKey = Integer.MAX_VALUE;
        for (Map.Entry<String, String> entry : new TreeMap<>(sealed.getSpec().data()).entrySet()) {
            String subject = "spec.data[" + entry.getKey() + "]";
            switch (ring.openSealed(namespace, name, entry.getKey(), entry.getValue())) {
                case MessageOpening.Refused refused -> findings.add(refusal(subject, refused.reason()));
                case MessageOpening.Opened opened -> {
                    try (opened) {
                        long before = epochs.of(namespace, name, entry.getKey(), newest.get(entry.getKey()));
                        if (opened.epochMillis() < before && !allowsOlder(sealed)) {
                            findings.add(rolledBack(subject));
                        } else if (opened.epochMillis() > before
                                && opened.epochMillis() > now.plus(CLOCKS_APART).toEpochMilli()) {
                            findings.add(sealedLater(subject, opened.epochMillis()));
                        }
                        data.put(entry.getKey(), Base64.getEncoder().encodeToString(opened.plaintext()));
                        accepted.add(new Accepted(entry.getKey(), opened.epochMillis()));
                        oldestKey = Math.min(oldestKey, opened.keyVersion());
                        append(all, entry.getKey().getBytes(StandardCharsets.UTF_8));
                        append(all, opened.plaintext());
                    }
                }
            }
        }
        if (!findings.isEmpty()) {
            return new SecretOpening(null, List.of(), 0, "", List.copyOf(findings));
        }
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withLabels(Marks.of(tenant, identity))
                .endMetadata()
                .withType(type(sealed.getSpec().type()))
                .withData(data)
                .build();
        return new SecretOpening(
                secret, List.copyOf(accepted), oldestKey, ring.fingerprint(all.toByteArray()), List.of());
    }

    TenantSecretStatus status(TenantSecret sealed, Conditions conditions) {
        if (!findings.isEmpty()) {
            Finding first = findings.getFirst();
            String text = String.join("; ", findings.stream().map(Finding::text).toList());
            TenantSecretStatus before = sealed.getStatus();
            return new TenantSecretStatus(
                    sealed.getMetadata().getGeneration(),
                    before == null ? null : before.sealKeyVersion(),
                    before == null ? List.of() : before.accepted(),
                    before == null ? null : before.fingerprint(),
                    conditions
                            .set(ConditionType.Ready, Status.False, first.reason(), text)
                            .set(ConditionType.Stalled, Status.True, first.reason(), text)
                            .list());
        }
        return new TenantSecretStatus(
                sealed.getMetadata().getGeneration(),
                sealKeyVersion,
                accepted,
                fingerprint,
                conditions
                        .set(ConditionType.Ready, Status.True, Reason.Opened, Reason.Opened.meaning())
                        .set(ConditionType.Stalled, Status.False, Reason.Idle, Reason.Idle.meaning())
                        .list());
    }

    private static boolean allowsOlder(TenantSecret sealed) {
        return Boolean.TRUE.equals(sealed.getSpec().allowOlder());
    }

    private static Map<String, Long> newest(TenantSecret sealed) {
        Map<String, Long> newest = new TreeMap<>();
        if (sealed.getStatus() != null) {
            sealed.getStatus().accepted().forEach(a -> newest.put(a.name(), a.epoch()));
        }
        return newest;
    }

    private static Finding rolledBack(String subject) {
        return new Finding(
                Reason.RolledBack,
                subject,
                "was sealed earlier than the value accepted before; if this is a deliberate git revert, set"
                        + " spec.allowOlder: true");
    }

    private static Finding sealedLater(String subject, long epochMillis) {
        return new Finding(
                Reason.SealedInFuture,
                subject,
                "says that it was sealed at "
                        + Instant.ofEpochMilli(Math.min(epochMillis, LATEST)).truncatedTo(ChronoUnit.SECONDS)
                        + ", which is still to come, so nothing sealed until then would count; look at the clocks of the machine"
                        + " that seals and of the operator's node, and seal it again");
    }

    private static Finding refusal(String subject, Refusal reason) {
        return switch (reason) {
            case NOT_AUTHENTIC, KEY_MISMATCH ->
                new Finding(
                        Reason.SealedForAnother,
                        subject,
                        reason.message() + "; seal it again with './bulkhead seal' for this namespace, name and key");
            case UNKNOWN_KEY_VERSION ->
                new Finding(Reason.UnknownSealKey, subject, reason.message() + "; seal it again with the current key");
            case MISSING, NOT_TEXT, TOO_SHORT, TOO_LONG, WRONG_FORMAT, UNKNOWN_ALGORITHM, MALFORMED, WEAK_KEY_SHARE ->
                new Finding(Reason.SealBroken, subject, reason.message());
        };
    }

    private static void append(ByteArrayOutputStream all, byte[] part) {
        all.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        all.writeBytes(part);
    }

    private static String type(SecretType type) {
        return switch (type) {
            case Opaque -> "Opaque";
            case dockerconfigjson -> "kubernetes.io/dockerconfigjson";
            case tls -> "kubernetes.io/tls";
            case basicAuth -> "kubernetes.io/basic-auth";
        };
    }
}
