package dev.bulkhead.operator.secret;

import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Secret in the keys namespace that holds a tenant's wrapped keys and remembers where its data lies. It is
 * the first thing written for a tenant and never deleted while the tenant's data exists.
 */
public final class KeyRingStore {
    private static final Logger LOG = LoggerFactory.getLogger(KeyRingStore.class);
    /** Annotation with the {@link TenantState}. */
    public static final String STATE = "bulkhead.dev/state";

    /** Annotation with what the tenant was last accepted as, for who plans a Tenant that is refused. */
    private static final String ACCEPTED = "bulkhead.dev/accepted";

    /** Characters of it; an object's annotations may have 262,144 together. */
    private static final int MOST_ACCEPTED = 128 << 10;

    /** Type of the Secret. */
    static final String TYPE = "bulkhead.dev/key-ring";

    private static final int ATTEMPTS = 3;

    private final OperatorSecrets secrets;
    private final KeyRings rings;
    private final SecureRandom random;

    /** Stores rings made by {@code rings} in {@code secrets}. */
    public KeyRingStore(OperatorSecrets secrets, KeyRings rings, SecureRandom random) {
        this.secrets = secrets;
        this.rings = rings;
        this.random = random;
    }

    /** What was found in place of a tenant's ring. */
    public sealed interface FoundRing {
        /** What the tenant was last accepted as, in the words of who noted it; null where nothing is noted. */
        @Nullable
        String accepted();

        /**
         * The ring; whoever asked closes it.
         *
         * @param tenant name of the Tenant it was made for; a Tenant of another name has no claim to it
         */
        record Open(
                KeyRing ring,
                TenantState state,
                String tenant,
                @Nullable String accepted) implements FoundRing {
            /** Where the tenant's data lies. */
            public Placement placement() {
                return state.placement();
            }
        }

        /** There is none: the tenant is new, or its keys are lost. */
        record Absent() implements FoundRing {
            @Override
            public @Nullable String accepted() {
                return null;
            }
        }

        /**
         * There is one, and it cannot be used.
         *
         * @param state its record, which may be read where the keys cannot; null where it cannot either
         * @param tenant as of {@link Open}
         */
        record Unusable(
                Finding finding,
                @Nullable TenantState state,
                String tenant,
                @Nullable String accepted) implements FoundRing {}

        /** Why it cannot be used; nothing where it can, or where there is none. */
        default List<Finding> obstacles() {
            return this instanceof Unusable unusable ? List.of(unusable.finding()) : List.of();
        }
    }

    /** A tenant's ring as people are told of it, {@code Secret namespace/name}. */
    public String subject(TenantIdentity identity) {
        return secrets.subject(identity.keyRing());
    }

    /** Reads a tenant's ring. */
    public FoundRing find(TenantIdentity identity) {
        try {
            Secret secret = secrets.find(identity.keyRing()).orElse(null);
            return secret == null ? new FoundRing.Absent() : open(secret, identity);
        } catch (OperatorSecrets.NoNamespaceException e) { // all rings are gone, and none may be made anew
            return new FoundRing.Unusable(e.finding(), null, "", null);
        }
    }

    /**
     * The ring as a pass needs it: made where there is none, wrapped by the master key in use now, and knowing every place
     * of the tenant and what it was accepted as. Never Absent.
     *
     * @param found what {@link #find} found
     * @param placement where the tenant's data lies, or is to lie as far as that was not remembered yet
     * @param accepted what the tenant is accepted as, see {@link FoundRing#accepted}
     */
    public FoundRing ready(
            FoundRing found, TenantIdentity identity, String tenant, Placement placement, String accepted) {
        FoundRing ready = switch (found) {
            case FoundRing.Absent _ -> create(identity, tenant, placement, accepted);
            case FoundRing.Open open
            when !open.placement()
                    .places()
                    .keySet()
                    .containsAll(placement.places().keySet()) -> extend(identity, placement);
            case FoundRing.Open open when open.ring().needsRewrap() -> rewrap(identity);
            case FoundRing.Open open -> open;
            case FoundRing.Unusable unusable -> unusable;
        };
        String fitting = fitting(accepted);
        if (ready instanceof FoundRing.Open open && !Objects.equals(fitting, open.accepted())) {
            note(identity, fitting);
        }
        return ready instanceof FoundRing.Absent
                ? new FoundRing.Unusable(
                        new Finding(
                                Reason.KeyRingMissing,
                                subject(identity),
                                "went away while it was made; tried again by itself"),
                        null,
                        "",
                        null)
                : ready;
    }

    /** What of it is noted: a form that is too large is not, and no older one stays in its place. */
    private static @Nullable String fitting(String accepted) {
        return accepted.length() <= MOST_ACCEPTED ? accepted : null;
    }

    /** Whoever else writes the ring meanwhile is first; then the next pass notes it. */
    private void note(TenantIdentity identity, @Nullable String accepted) {
        secrets.find(identity.keyRing()).ifPresent(ring -> {
            SecretBuilder noted = new SecretBuilder(ring);
            replaced(
                    accepted == null
                            ? noted.editMetadata()
                                    .removeFromAnnotations(ACCEPTED)
                                    .endMetadata()
                                    .build()
                            : noted.editMetadata()
                                    .addToAnnotations(ACCEPTED, accepted)
                                    .endMetadata()
                                    .build());
        });
    }

    /** Writes a ring as it was read and changed; false when another has written it meanwhile. */
    private boolean replaced(Secret ring) {
        try {
            secrets.replace(ring);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
            return false;
        }
    }

    /**
     * Makes the ring of a new tenant with its first credentials, in one write. When another made it in the meantime,
     * that one counts.
     *
     * @param accepted see {@link FoundRing#accepted}
     */
    public FoundRing create(TenantIdentity identity, String tenant, Placement placement, String accepted) {
        TenantState state = TenantState.at(placement);
        String fitting = fitting(accepted);
        try (KeyRing full = withFirst(rings.create(identity.value(), identity.keyRing()), state)) {
            Secret created = secrets.create(new SecretBuilder()
                    .withNewMetadata()
                    .withName(identity.keyRing())
                    .withNamespace(secrets.namespace())
                    .withLabels(Marks.of(tenant, identity))
                    .addToAnnotations(STATE, state.write(null))
                    .addToAnnotations(fitting == null ? Map.of() : Map.of(ACCEPTED, fitting))
                    .endMetadata()
                    .withType(TYPE)
                    .withData(OperatorSecrets.encoded(full.data()))
                    .build());
            LOG.atInfo()
                    .addKeyValue("tenant", tenant)
                    .addKeyValue("keyRing", identity.keyRing())
                    .log("keys created");
            return open(created, identity);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
            return find(identity);
        }
    }

    /**
     * Wraps the tenant keys of a ring with the master key in use now, in one write; nothing else changes. A ring that
     * another has written meanwhile is left as that other made it.
     */
    public FoundRing rewrap(TenantIdentity identity) {
        return change(
                identity,
                "keys wrapped with another master key",
                (ring, state) ->
                        ring.needsRewrap() ? Optional.of(new Changed(ring.rewrapped(), state)) : Optional.empty());
    }

    /** Notes places that were not remembered, and makes the first credentials for what will lie there. */
    private FoundRing extend(TenantIdentity identity, Placement placement) {
        return change(identity, "place noted", (ring, state) -> {
            TenantState more = state.without(placement);
            return more.parts().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Changed(withFirst(ring, more), state.with(more)));
        });
    }

    /**
     * Writes what is to be remembered of a tenant, in one write; the keys stay as they are. False when another has
     * written meanwhile: then the caller looks again.
     *
     * @param before what was remembered when the caller looked
     */
    public boolean remember(TenantIdentity identity, TenantState before, TenantState now) {
        Secret secret = secrets.find(identity.keyRing()).orElse(null);
        return secret != null && before.equals(state(secret)) && replaced(remembering(secret, now));
    }

    /**
     * The same for what may be remembered beside whatever others write meanwhile. False when they keep writing, or when
     * there is no record.
     *
     * @param change from what is remembered to what is to be
     */
    public boolean remember(TenantIdentity identity, UnaryOperator<TenantState> change) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Secret secret = secrets.find(identity.keyRing()).orElse(null);
            TenantState state = secret == null ? null : state(secret);
            if (secret == null || state == null) {
                return false;
            }
            TenantState now = change.apply(state);
            if (now.equals(state) || replaced(remembering(secret, now))) {
                return true;
            }
        }
        return false;
    }

    private static Secret remembering(Secret ring, TenantState now) {
        return noting(ring, now.write(ring.getMetadata().getAnnotations().get(STATE)))
                .build();
    }

    /**
     * Reads a tenant's ring, and has every credential shut whose time is over before anybody plans with it.
     *
     * @param now the time
     */
    public FoundRing find(TenantIdentity identity, Instant now) {
        FoundRing found = find(identity);
        for (int attempt = 0; attempt < ATTEMPTS && isOverdue(found, now); attempt++) {
            if (found instanceof FoundRing.Open open) {
                open.ring().close();
            }
            found = change(
                    identity,
                    "an old credential's time is over",
                    (ring, state) -> state.shutBy(now).equals(state)
                            ? Optional.empty()
                            : Optional.of(new Changed(ring.copy(), state.shutBy(now))));
        }
        return found;
    }

    private static boolean isOverdue(FoundRing found, Instant now) {
        return found instanceof FoundRing.Open open && !open.state().shutBy(now).equals(open.state());
    }

    /** What becomes of a ring and its record. */
    @FunctionalInterface
    public interface Change {
        /**
         * The ring and the record as they are to be; empty when nothing is to change. The ring that is handed over is
         * closed by the store, and so is the one that comes back.
         */
        Optional<Changed> of(KeyRing ring, TenantState state);
    }

    /** A ring and its record as they are to be. */
    public record Changed(KeyRing ring, TenantState state) {}

    /**
     * Changes the ring and its record in one write, provided nobody else wrote them since they were read.
     *
     * @param why for the log: what was changed
     * @return what is there now; when another was first, what that other made, so the caller has to look again
     */
    public FoundRing change(TenantIdentity identity, String why, Change change) {
        Secret secret = secrets.find(identity.keyRing()).orElse(null);
        FoundRing found = secret == null ? new FoundRing.Absent() : open(secret, identity);
        if (secret == null || !(found instanceof FoundRing.Open open)) {
            return found;
        }
        Changed changed = change.of(open.ring(), open.state()).orElse(null);
        if (changed == null) {
            return found;
        }
        String before = secret.getMetadata().getAnnotations().get(STATE);
        try (KeyRing _ = open.ring();
                KeyRing ring = changed.ring()) {
            Secret written = secrets.replace(noting(secret, changed.state().write(before))
                    .withData(OperatorSecrets.encoded(ring.data()))
                    .build());
            LOG.atInfo()
                    .addKeyValue("tenant", open.tenant())
                    .addKeyValue("keyRing", identity.keyRing())
                    .addKeyValue("masterKeys", ring.masterKeyIds())
                    .log(why);
            return open(written, identity);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
            return find(identity);
        }
    }

    /** A new password, or secret of a key, for who writes one into a ring; to be zeroed. */
    public byte[] newCredential() {
        return password();
    }

    /** The ring with a credential for each slot that lets somebody in; the one that was handed in is closed. */
    private KeyRing withFirst(KeyRing ring, TenantState state) {
        KeyRing full = ring;
        for (Map.Entry<PartId, TenantState.RememberedPart> part : state.parts().entrySet()) {
            for (Slot slot : part.getValue().slots().live()) {
                try (KeyRing before = full) {
                    full = before.withCredential(Purpose.of(part.getKey(), slot), password());
                }
            }
        }
        return full;
    }

    private FoundRing open(Secret secret, TenantIdentity identity) {
        TenantState state = state(secret);
        if (state == null) {
            return unusable(secret, "does not say where the tenant's data lies; restore it from a backup");
        }
        return switch (rings.load(identity.value(), identity.keyRing(), OperatorSecrets.decoded(secret))) {
            case KeyRingLoad.Loaded loaded ->
                new FoundRing.Open(loaded.ring(), state, tenant(secret), accepted(secret));
            case KeyRingLoad.MasterKeyMissing missing ->
                unusable(
                        secret,
                        "is wrapped by master key " + missing.masterKeyId()
                                + ", which is not mounted; bring that key file back");
            case KeyRingLoad.OtherMasterKey other ->
                unusable(
                        secret,
                        "was wrapped by another master key than the one that is mounted as " + other.masterKeyId()
                                + " (or is damaged at " + other.key() + "): bring the former content of key file "
                                + other.masterKeyId() + " back, and mount a new key under a new number");
            case KeyRingLoad.Corrupt corrupt ->
                unusable(secret, "is damaged at " + corrupt.key() + "; restore it from a backup");
        };
    }

    private FoundRing unusable(Secret secret, String message) {
        String name = secrets.subject(secret.getMetadata().getName());
        return new FoundRing.Unusable(
                new Finding(Reason.KeyUnavailable, name, message), state(secret), tenant(secret), accepted(secret));
    }

    private static @Nullable String accepted(Secret secret) {
        Map<String, String> annotations = secret.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(ACCEPTED);
    }

    private static String tenant(Secret secret) {
        return Objects.requireNonNullElse(Marks.label(secret, Marks.TENANT), "");
    }

    /** A ring as it was read, with another record: a write of it fails when somebody else wrote meanwhile. */
    static SecretBuilder noting(Secret ring, String record) {
        return new SecretBuilder(ring)
                .editMetadata()
                .addToAnnotations(STATE, record)
                .endMetadata();
    }

    private static @Nullable TenantState state(Secret secret) {
        Map<String, String> annotations = secret.getMetadata().getAnnotations();
        String record = annotations == null ? null : annotations.get(STATE);
        return record == null ? null : TenantState.read(record).orElse(null);
    }

    private byte[] password() {
        return Passwords.generate(random).getBytes(StandardCharsets.US_ASCII);
    }
}
