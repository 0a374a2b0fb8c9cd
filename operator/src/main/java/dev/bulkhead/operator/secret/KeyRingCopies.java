package dev.bulkhead.operator.secret;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Key rings on their way out of a cluster and into another. Every copy that leaves is listed on the ring first: on the
 * day a tenant's keys must be gone it is known which files hold them.
 */
public final class KeyRingCopies {
    /** Copies that one ring lists at most: an annotation has an end, and a list that nobody looks at is none. */
    public static final int MOST = 400;

    private static final JsonMapper JSON = new JsonMapper();
    private static final String COPIES = "copies";

    /** Others write rings, too, but rarely. */
    private static final int ATTEMPTS = 5;

    private final OperatorSecrets secrets;

    /** Reads and writes with the rights of whoever gave the client. */
    public KeyRingCopies(OperatorSecrets secrets) {
        this.secrets = secrets;
    }

    /**
     * A copy as a ring lists it.
     *
     * @param at RFC 3339
     * @param recoveryKey id of the key it is encrypted to
     */
    public record Copy(String id, String at, String recoveryKey) {}

    /**
     * A ring as it lies in the cluster.
     *
     * @param tenant name of the Tenant it was made for
     * @param state its record, or the empty string
     */
    public record StoredRing(String tenant, String state, SortedMap<String, String> data) {}

    /** What became of a ring that was to be brought in. */
    public enum Restored {
        /** It was not there and was made. */
        Made,
        /** It was there, with the same keys, and was left as it is. */
        Same,
        /** Another one is there; it was left as it is. */
        Differs
    }

    /** The ring of a tenant, or empty when there is none. */
    public Optional<StoredRing> find(TenantIdentity identity) {
        return secrets.find(identity.keyRing()).map(KeyRingCopies::found);
    }

    /**
     * Lists a copy on a ring, and returns the ring as it is with it. Empty when there is no such ring.
     *
     * @throws UnlistedException when it cannot be listed; then the ring must not leave
     */
    public Optional<StoredRing> list(TenantIdentity identity, Copy copy) throws UnlistedException {
        StoredRing ring = find(identity).orElse(null);
        String name = secrets.subject(identity.keyRing());
        if (ring != null && !isWhole(ring.state())) {
            throw new UnlistedException(name + " does not say where the tenant's data lies; restore it from a backup");
        }
        if (ring != null && copies(ring.state()).size() >= MOST) {
            throw new UnlistedException(name + " lists " + MOST
                    + " copies already; destroy the old ones, and say so: bulkhead keys copies --destroyed ID");
        }
        return change(identity, state -> with(state, copy));
    }

    /** Takes a copy that was destroyed off a ring's list. Empty when there is no such ring. */
    public Optional<StoredRing> destroyed(TenantIdentity identity, String copy) {
        return change(identity, state -> without(state, copy));
    }

    /** Brings a ring in. Never touches one that is there. */
    public Restored restore(TenantIdentity identity, RecoveryFile.Ring ring) {
        StoredRing there = find(identity).orElse(null);
        if (there == null) {
            try {
                secrets.create(new SecretBuilder()
                        .withNewMetadata()
                        .withName(identity.keyRing())
                        .withNamespace(secrets.namespace())
                        .withLabels(Marks.of(ring.tenant(), identity))
                        .addToAnnotations(KeyRingStore.STATE, ring.state())
                        .endMetadata()
                        .withType(KeyRingStore.TYPE)
                        .withData(ring.data())
                        .build());
                return Restored.Made;
            } catch (KubernetesClientException e) {
                if (e.getCode() != 409) {
                    throw e;
                }
                there = find(identity).orElseThrow(() -> e);
            }
        }
        return there.data().equals(ring.data()) ? Restored.Same : Restored.Differs;
    }

    /** The copies that a record lists. */
    public static List<Copy> copies(String state) {
        List<Copy> copies = new ArrayList<>();
        for (JsonNode copy : record(state).path(COPIES)) {
            copies.add(new Copy(
                    copy.path("id").asText(),
                    copy.path("at").asText(),
                    copy.path("key").asText()));
        }
        return copies;
    }

    /** Whether a ring's record says where the data lies. */
    public static boolean isWhole(String state) {
        return TenantState.read(state).isPresent();
    }

    private Optional<StoredRing> change(TenantIdentity identity, UnaryOperator<String> change) {
        for (int attempt = 1; ; attempt++) {
            Secret secret = secrets.find(identity.keyRing()).orElse(null);
            if (secret == null) {
                return Optional.empty();
            }
            String before = state(secret);
            String now = change.apply(before);
            if (now.equals(before)) {
                return Optional.of(found(secret));
            }
            try {
                return Optional.of(
                        found(secrets.replace(KeyRingStore.noting(secret, now).build())));
            } catch (KubernetesClientException e) {
                if (e.getCode() != 409 || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static String with(String state, Copy copy) {
        if (copies(state).contains(copy)) {
            return state;
        }
        ObjectNode record = record(state);
        record.withArray("/" + COPIES)
                .addObject()
                .put("id", copy.id())
                .put("at", copy.at())
                .put("key", copy.recoveryKey());
        return record.toString();
    }

    private static String without(String state, String id) {
        if (copies(state).stream().noneMatch(copy -> copy.id().equals(id))) {
            return state;
        }
        ObjectNode record = record(state);
        ArrayNode left = JSON.createArrayNode();
        record.path(COPIES).forEach(copy -> {
            if (!id.equals(copy.path("id").asText())) {
                left.add(copy);
            }
        });
        record.set(COPIES, left);
        return record.toString();
    }

    private static ObjectNode record(String state) {
        try {
            return !state.isEmpty() && JSON.readTree(state) instanceof ObjectNode record
                    ? record
                    : JSON.createObjectNode();
        } catch (JsonProcessingException _) {
            return JSON.createObjectNode();
        }
    }

    private static StoredRing found(Secret secret) {
        return new StoredRing(
                Objects.requireNonNullElse(Marks.label(secret, Marks.TENANT), ""),
                state(secret),
                new TreeMap<>(secret.getData() == null ? Map.of() : secret.getData()));
    }

    private static String state(Secret secret) {
        Map<String, @Nullable String> annotations = secret.getMetadata().getAnnotations();
        return annotations == null ? "" : Objects.requireNonNullElse(annotations.get(KeyRingStore.STATE), "");
    }

    /** A copy could not be listed on a ring. */
    public static final class UnlistedException extends Exception {
        private static final long serialVersionUID = 1;

        UnlistedException(String message) {
            super(message);
        }
    }
}
