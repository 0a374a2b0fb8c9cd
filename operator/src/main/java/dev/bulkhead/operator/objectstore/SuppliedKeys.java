package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ApiErrors;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys that the platform's administrator supplies, one Secret per tenant in the keys namespace. No two tenants
 * may hold one key: while two Secrets agree, neither is used. The other Secrets are read by name once and remembered
 * without what is secret in them; each tenant's own is read anew with each of its passes.
 */
public final class SuppliedKeys {
    /** What the Secret's name begins with; the suffix of the tenant's identity follows. */
    static final String SECRET_PREFIX = "bulkhead-objectstore-";

    /** Key of the Secret: what a client signs with. */
    public static final String ACCESS_KEY_ID = "access-key-id";

    /** Key of the Secret: the secret access key. */
    public static final String SECRET_ACCESS_KEY = "secret-access-key";

    /** Key of the Secret, optional: how a bucket policy of the store names whoever holds the key. */
    public static final String PRINCIPAL = "principal";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{3,128}");

    /** One holder: no pattern, no list, and no whole account. */
    private static final Pattern HOLDER = Pattern.compile("(?!\\d{12}$)(?!.*:root$)[A-Za-z0-9:/._@+=,-]{3,256}");

    private final OperatorSecrets secrets;
    private final Supplier<? extends Collection<TenantIdentity>> tenants;
    private final Map<TenantIdentity, Claim> claims = new ConcurrentHashMap<>();

    /**
     * Reads Secrets by name.
     *
     * @param tenants identities of all tenants that may be on a store whose keys are supplied
     */
    public SuppliedKeys(OperatorSecrets secrets, Supplier<? extends Collection<TenantIdentity>> tenants) {
        this.secrets = secrets;
        this.tenants = tenants;
    }

    /** What a tenant's Secret names: nothing secret. Empty where there is no usable Secret. */
    private record Claim(Set<String> names) {
        private static final Claim NONE = new Claim(Set.of());

        boolean clashes(Claim other) {
            return names.stream().anyMatch(other.names::contains);
        }
    }

    /** What was read. */
    private sealed interface Read {
        record Key(StoreKeys.Named name, String secret) implements Read {
            /** Without the secret. */
            @Override
            public String toString() {
                return name.toString();
            }
        }

        record Unusable(Finding finding) implements Read {}
    }

    /** Name of the Secret in the keys namespace, {@code bulkhead-objectstore-<suffix>}. */
    public static String secretName(TenantIdentity identity) {
        return SECRET_PREFIX + identity.suffix();
    }

    /**
     * The keys of a tenant. Reads no Secret where the operator makes them itself, or has the server make them.
     *
     * @param slot in use
     * @param ring the tenant's keys; null while they are not at hand
     */
    public KeySupply of(TenantIdentity identity, ObjectStoreSpec.Driver driver, Slot slot, @Nullable KeyRing ring) {
        StoreKind kind = StoreKind.of(driver);
        if (!kind.keysSupplied()) {
            StoreKeys keys = kind.keys(identity);
            return new KeySupply.Made(ring == null ? keys : MintedKey.known(keys, ring));
        }
        try {
            return supplied(kind, identity, slot);
        } catch (KubernetesClientException e) {
            return new KeySupply.Withheld(
                    kind.keys(identity), new Outcome.Waiting(ApiErrors.finding(secret(identity), e)));
        }
    }

    private KeySupply supplied(StoreKind kind, TenantIdentity identity, Slot slot) {
        return switch (read(identity)) {
            case Read.Unusable unusable ->
                new KeySupply.Withheld(kind.keys(identity), new Outcome.Waiting(unusable.finding()));
            case Read.Key key ->
                other(identity)
                        .<KeySupply>map(other -> new KeySupply.Withheld(kind.keys(identity), shared(identity, other)))
                        .orElseGet(() -> new KeySupply.Supplied(
                                StoreKeys.only(slot, key.name()), new SlotSecret(slot, key.secret())));
        };
    }

    /** Reads a tenant's Secret and notes what it names, before anybody looks at what others name. */
    private Read read(TenantIdentity identity) {
        Map<String, byte[]> data =
                secrets.find(secretName(identity)).map(OperatorSecrets::decoded).orElse(null);
        Read read = read(identity, data);
        claims.put(
                identity,
                read instanceof Read.Key key
                        ? new Claim(Set.copyOf(
                                List.of(key.name().accessKeyId(), key.name().principal())))
                        : Claim.NONE);
        return read;
    }

    private Read read(TenantIdentity identity, @Nullable Map<String, byte[]> data) {
        if (data == null || !data.keySet().containsAll(Set.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY))) {
            return new Read.Unusable(new Finding(
                    Reason.SecretMissing,
                    secret(identity),
                    (data == null ? "does not exist" : "is not complete")
                            + ". The platform's administrator makes a key for"
                            + " this tenant at the object store's provider, one that has no rights of its own, and puts it"
                            + " there: " + ACCESS_KEY_ID + ", " + SECRET_ACCESS_KEY + ", and " + PRINCIPAL
                            + " where the store's policies do not name holders by access key id"));
        }
        String id = text(data, ACCESS_KEY_ID);
        String principal = data.containsKey(PRINCIPAL) ? text(data, PRINCIPAL) : id;
        if (!ID.matcher(id).matches()) {
            return unusable(identity, ACCESS_KEY_ID, "letters, digits, '.', '_' and '-'");
        }
        if (!SlotSecret.usable(text(data, SECRET_ACCESS_KEY))) {
            return unusable(identity, SECRET_ACCESS_KEY, "at least 16 characters without spaces or line breaks");
        }
        if (!HOLDER.matcher(principal).matches()) {
            return unusable(identity, PRINCIPAL, "one user: no '*', no whole account, no spaces or line breaks");
        }
        return new Read.Key(new StoreKeys.Named(id, principal), text(data, SECRET_ACCESS_KEY));
    }

    private Read unusable(TenantIdentity identity, String key, String expected) {
        return new Read.Unusable(new Finding(
                Reason.SecretMissing, secret(identity), "has no usable " + key + ": expected is " + expected));
    }

    /** Another tenant whose Secret names the same; what was remembered of it is looked at again first. */
    private Optional<TenantIdentity> other(TenantIdentity identity) {
        Collection<TenantIdentity> all = tenants.get();
        claims.keySet().removeIf(known -> !known.equals(identity) && !all.contains(known));
        Claim own = claims.getOrDefault(identity, Claim.NONE);
        return all.stream()
                .filter(other -> !other.equals(identity))
                .filter(other -> own.clashes(known(other)))
                .filter(other -> {
                    read(other);
                    return own.clashes(known(other));
                })
                .findFirst();
    }

    private Claim known(TenantIdentity other) {
        Claim known = claims.get(other);
        if (known == null) {
            read(other);
            known = claims.getOrDefault(other, Claim.NONE);
        }
        return known;
    }

    private Outcome shared(TenantIdentity identity, TenantIdentity other) {
        return new Outcome.Blocked(new Finding(
                Reason.Conflict,
                secret(identity),
                "names the same key or the same principal as " + secret(other)
                        + ", which is another tenant's. Neither is let in by it anew; make a key of its own for each"));
    }

    private String secret(TenantIdentity identity) {
        return secrets.subject(secretName(identity));
    }

    /** People write Secrets with tools that end files with a line break. */
    private static String text(Map<String, byte[]> data, String key) {
        return new String(data.getOrDefault(key, new byte[0]), StandardCharsets.UTF_8).strip();
    }
}
