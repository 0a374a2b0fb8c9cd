package dev.bulkhead.operator.secret;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys and stored credentials of one tenant, as an immutable value: what changes something returns another ring.
 * {@link #data} is the data of one Kubernetes Secret and holds no plaintext:
 *
 * <ul>
 *   <li>{@code tk.N}: tenant key version N, wrapped by a master key (TSK1)
 *   <li>{@code seal.N}: private sealing key version N (TSE1)
 *   <li>a {@link Purpose}, such as {@code database.l1}: a credential (TSE1)
 * </ul>
 *
 * The highest tenant key encrypts, all of them decrypt; the highest sealing key is published, all of them open. Entries
 * keep their bytes until they change, so an unchanged ring gives an unchanged Secret. Only the tenant keys are held in
 * the clear; each ring has its own copy and zeroes it when closed, so every ring that is returned has to be closed, by
 * the thread that uses it: a ring that is closed while it seals would seal with half a key.
 */
public final class KeyRing implements AutoCloseable {
    private static final Pattern VERSIONED = Pattern.compile("(tk|seal)\\.([1-9][0-9]{0,8})");
    private static final String TENANT_KEY_PREFIX = "tk.";
    private static final String SEALING_KEY_PREFIX = "seal.";
    private static final String SEALING_KEY_PURPOSE = "sealing-key";
    private static final String FINGERPRINT_LABEL = "bulkhead/v1/fingerprint";
    private static final int FINGERPRINT_BYTES = 8;

    private final RingPlace place;
    private final KeyRings rings;
    private final NavigableMap<Integer, TenantKey> tenantKeys;
    private final NavigableMap<String, byte[]> entries;

    /** Whose ring it is, and the Secret it lies in. */
    record RingPlace(String identity, String namespace, String name) {
        RingPlace {
            Frame.requireNotEmpty("identity", identity);
            Frame.requireNotEmpty("namespace", namespace);
            Frame.requireNotEmpty("name", name);
        }

        Binding binding(String purpose, String key) {
            return new Binding(identity, purpose, namespace, name, key);
        }
    }

    private KeyRing(
            RingPlace place,
            KeyRings rings,
            NavigableMap<Integer, TenantKey> tenantKeys,
            NavigableMap<String, byte[]> entries) {
        this.place = place;
        this.rings = rings;
        this.tenantKeys = tenantKeys;
        this.entries = entries;
    }

    static KeyRing create(RingPlace place, KeyRings rings) {
        KeyRing ring = new KeyRing(place, rings, new TreeMap<>(), new TreeMap<>());
        ring.addTenantKey(1);
        ring.addSealingKey(1);
        return ring;
    }

    static KeyRingLoad load(RingPlace place, Map<String, byte[]> data, KeyRings rings) {
        KeyRing ring = new KeyRing(place, rings, new TreeMap<>(), new TreeMap<>());
        data.forEach((key, value) -> ring.entries.put(key, value.clone()));
        Optional<KeyRingLoad> failure = ring.unwrapTenantKeys().or(ring::checkEntries);
        if (failure.isPresent()) {
            ring.close();
            return failure.get();
        }
        return new KeyRingLoad.Loaded(ring);
    }

    /** The tenant's identity. */
    public String identity() {
        return place.identity();
    }

    /** The data of the ring's Secret: wrapped and sealed values only. Copies, in key order. */
    public NavigableMap<String, byte[]> data() {
        NavigableMap<String, byte[]> copy = new TreeMap<>();
        entries.forEach((key, value) -> copy.put(key, value.clone()));
        return copy;
    }

    /** Version of the tenant key that new values are sealed with. */
    public int tenantKeyVersion() {
        return currentKey().version();
    }

    /** Ids of the master keys that this ring needs in order to be loaded. */
    public NavigableSet<String> masterKeyIds() {
        NavigableSet<String> ids = new TreeSet<>();
        tenantKeys.keySet().forEach(version -> ids.add(masterKeyId(version)));
        return Collections.unmodifiableNavigableSet(ids);
    }

    /** Versions of the sealing keys that can open sealed values. */
    public NavigableSet<Integer> sealingKeyVersions() {
        NavigableSet<Integer> versions = new TreeSet<>();
        for (String key : entries.keySet()) {
            Matcher versioned = VERSIONED.matcher(key);
            if (key.startsWith(SEALING_KEY_PREFIX) && versioned.matches()) {
                versions.add(Integer.valueOf(versioned.group(2)));
            }
        }
        return Collections.unmodifiableNavigableSet(versions);
    }

    /** Which credentials are stored. */
    public NavigableSet<Purpose> purposes() {
        NavigableSet<Purpose> purposes = new TreeSet<>();
        entries.keySet().stream().filter(Purpose::isId).map(Purpose::new).forEach(purposes::add);
        return Collections.unmodifiableNavigableSet(purposes);
    }

    /** A stored credential in the clear, for the caller to use and zero; empty when none is stored. */
    public Optional<byte[]> credential(Purpose purpose) {
        return entries.containsKey(purpose.id()) ? Optional.of(opened(purpose.id(), purpose.id())) : Optional.empty();
    }

    /** A ring with this credential in it; with unchanged bytes when it holds the very same value already. */
    public KeyRing withCredential(Purpose purpose, byte[] value) {
        Optional<byte[]> stored = credential(purpose);
        boolean same = stored.isPresent() && MessageDigest.isEqual(stored.get(), value);
        stored.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
        return changed(ring -> {
            if (!same) {
                ring.entries.put(purpose.id(), ring.sealed(purpose.id(), purpose.id(), value));
            }
        });
    }

    /** A ring without this credential. */
    public KeyRing withoutCredential(Purpose purpose) {
        return changed(ring -> ring.entries.remove(purpose.id()));
    }

    /** Another ring with the same content. */
    public KeyRing copy() {
        return changed(_ -> {});
    }

    /** True when a tenant key is wrapped with another master key than the current one. */
    public boolean needsRewrap() {
        return !masterKeyIds().equals(Collections.singleton(rings.masterKeys().currentId()));
    }

    /** A ring whose tenant keys are all wrapped with the current master key. No stored value changes. */
    public KeyRing rewrapped() {
        String current = rings.masterKeys().currentId();
        return changed(ring -> {
            ring.tenantKeys.values().stream()
                    .filter(key -> !ring.masterKeyId(key.version()).equals(current))
                    .forEach(ring::putWrapped);
        });
    }

    /**
     * A ring with the next tenant key, all stored values sealed under it. Former tenant keys stay until
     * {@link #withoutUnusedTenantKeys}. Fingerprints change with it, so workloads roll once.
     */
    public KeyRing withNewTenantKey() {
        return changed(ring -> {
            ring.addTenantKey(ring.tenantKeyVersion() + 1);
            for (String key : ring.entries.keySet().stream()
                    .filter(key -> !isTenantKey(key))
                    .toList()) {
                String purpose = purposeOf(key);
                byte[] plaintext = ring.opened(key, purpose);
                ring.entries.put(key, ring.sealed(key, purpose, plaintext));
                Arrays.fill(plaintext, (byte) 0);
            }
        });
    }

    /**
     * A ring without the tenant keys that nothing is encrypted with any more: none of its values, and no backup. The one that seals
     * stays.
     *
     * @param neededByBackups versions that some backup was made with, wherever it lies; whoever does not know all of them must
     *     not call this, since the backups of a key that is gone never open again
     */
    public KeyRing withoutUnusedTenantKeys(Set<Integer> neededByBackups) {
        Set<Integer> used = new HashSet<>(neededByBackups);
        used.add(tenantKeyVersion());
        entries.forEach((key, message) -> {
            if (!isTenantKey(key)) {
                used.add(Envelope.keyVersion(message));
            }
        });
        return changed(ring -> {
            for (TenantKey key : List.copyOf(ring.tenantKeys.values())) {
                if (!used.contains(key.version())) {
                    ring.tenantKeys.remove(key.version());
                    ring.entries.remove(TENANT_KEY_PREFIX + key.version());
                    key.close();
                }
            }
        });
    }

    /** What the files of a new backup are encrypted with: of the tenant key in use, and with a salt of its own. The caller closes it. */
    public BackupRoot newBackupRoot() {
        byte[] salt = new byte[MessageKey.SALT_BYTES];
        rings.random().nextBytes(salt);
        return new BackupRoot(currentKey(), salt, true);
    }

    /**
     * What opens the files of an earlier backup, and encrypts nothing; empty when that tenant key is not there any more. The
     * caller closes it.
     *
     * @param tenantKeyVersion as the files' headers say it
     * @param salt likewise
     */
    public Optional<BackupRoot> backupRoot(int tenantKeyVersion, byte[] salt) {
        return Optional.ofNullable(tenantKeys.get(tenantKeyVersion)).map(key -> new BackupRoot(key, salt, false));
    }

    /** A ring that publishes a new sealing key. Former ones stay, since values sealed to them lie in Git. */
    public KeyRing withNewSealingKey() {
        return changed(ring -> ring.addSealingKey(ring.sealingKeyVersions().last() + 1));
    }

    /** What has to be published for people to seal values for this tenant. */
    public SealingPublicKey sealPublicKey() {
        int version = sealingKeyVersions().last();
        byte[] privateKey = opened(SEALING_KEY_PREFIX + version, SEALING_KEY_PURPOSE);
        try {
            return new SealingPublicKey(identity(), version, Base64Url.encode(Hpke.publicKey(privateKey)));
        } finally {
            Arrays.fill(privateKey, (byte) 0);
        }
    }

    /**
     * Opens a TSH1 text found in a TenantSecret. Whether its time of sealing is too old is for the caller to judge.
     *
     * @param namespace namespace of that TenantSecret, which the caller has checked to be this tenant's
     * @param name its name
     * @param key the key the text stands under
     */
    public MessageOpening openSealed(String namespace, String name, String key, String text) {
        return SealedValue.open(
                this::sealingPrivateKey, identity(), new SealedValue.SealTarget(namespace, name, key), text);
    }

    /**
     * 16 hexadecimal digits that change when the bytes do, and that only the holder of the tenant key can compute: safe
     * to show on a workload even for values that are easy to guess.
     */
    public String fingerprint(byte[] bytes) {
        byte[] key = MessageKey.expand(currentKey().material(), FINGERPRINT_LABEL, TenantKey.BYTES);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(bytes), 0, FINGERPRINT_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot compute HMAC-SHA256", e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** Zeroes the tenant keys of this ring; every later use of them is an error. */
    @Override
    public void close() {
        tenantKeys.values().forEach(TenantKey::close);
    }

    @Override
    public String toString() {
        return "KeyRing[identity=" + identity() + ", entries=" + entries.keySet() + "]";
    }

    private Optional<KeyRingLoad> unwrapTenantKeys() {
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            Matcher versioned = VERSIONED.matcher(entry.getKey());
            if (!isTenantKey(entry.getKey()) || !versioned.matches()) {
                continue;
            }
            int version = Integer.parseInt(versioned.group(2));
            switch (rings.masterKeys().unwrap(entry.getValue(), identity())) {
                case Unwrapping.MasterKeyMissing(String id) -> {
                    return Optional.of(new KeyRingLoad.MasterKeyMissing(id));
                }
                case Unwrapping.Refused(Refusal reason)
                when reason == Refusal.KEY_MISMATCH -> {
                    return Optional.of(new KeyRingLoad.OtherMasterKey(entry.getKey(), masterKeyId(version)));
                }
                case Unwrapping.Refused(Refusal reason) -> {
                    return corrupt(entry.getKey(), reason);
                }
                case Unwrapping.Unwrapped(TenantKey key) -> {
                    if (key.version() != version) {
                        key.close();
                        return corrupt(entry.getKey(), Refusal.MALFORMED);
                    }
                    tenantKeys.put(version, key);
                }
            }
        }
        return tenantKeys.isEmpty() ? corrupt(TENANT_KEY_PREFIX + 1, Refusal.MISSING) : Optional.empty();
    }

    /** Every other entry has to open now, not when it is needed. */
    private Optional<KeyRingLoad> checkEntries() {
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            String key = entry.getKey();
            if (!VERSIONED.matcher(key).matches() && !Purpose.isId(key)) {
                return corrupt(key, Refusal.MALFORMED);
            }
            if (isTenantKey(key)) {
                continue;
            }
            switch (open(key, purposeOf(key))) {
                case MessageOpening.Refused(Refusal reason) -> {
                    return corrupt(key, reason);
                }
                case MessageOpening.Opened opened -> {
                    boolean fits = !key.startsWith(SEALING_KEY_PREFIX) || opened.plaintext().length == Hpke.KEY_BYTES;
                    opened.close();
                    if (!fits) {
                        return corrupt(key, Refusal.MALFORMED);
                    }
                }
            }
        }
        return sealingKeyVersions().isEmpty() ? corrupt(SEALING_KEY_PREFIX + 1, Refusal.MISSING) : Optional.empty();
    }

    private static Optional<KeyRingLoad> corrupt(String key, Refusal reason) {
        return Optional.of(new KeyRingLoad.Corrupt(key, reason));
    }

    private KeyRing changed(Consumer<KeyRing> change) {
        NavigableMap<Integer, TenantKey> keys = new TreeMap<>();
        tenantKeys.forEach((version, key) -> keys.put(version, key.copy()));
        KeyRing copy = new KeyRing(place, rings, keys, new TreeMap<>(entries));
        change.accept(copy);
        return copy;
    }

    private void addTenantKey(int version) {
        TenantKey key = TenantKey.generate(version, rings.random());
        tenantKeys.put(version, key);
        putWrapped(key);
    }

    private void putWrapped(TenantKey key) {
        entries.put(TENANT_KEY_PREFIX + key.version(), rings.masterKeys().wrap(key, identity(), rings.random()));
    }

    private void addSealingKey(int version) {
        byte[] privateKey = Hpke.newPrivateKey(rings.random());
        String key = SEALING_KEY_PREFIX + version;
        entries.put(key, sealed(key, SEALING_KEY_PURPOSE, privateKey));
        Arrays.fill(privateKey, (byte) 0);
    }

    private byte @Nullable [] sealingPrivateKey(int version) {
        String key = SEALING_KEY_PREFIX + version;
        return entries.containsKey(key) ? opened(key, SEALING_KEY_PURPOSE) : null;
    }

    private byte[] sealed(String key, String purpose, byte[] plaintext) {
        return Envelope.seal(currentKey(), place.binding(purpose, key), rings.nowMillis(), plaintext, rings.random());
    }

    private MessageOpening open(String key, String purpose) {
        byte[] message = entries.get(key);
        return message == null
                ? new MessageOpening.Refused(Refusal.MISSING)
                : Envelope.open(tenantKeys::get, place.binding(purpose, key), message);
    }

    /** For entries that were opened when the ring was loaded, or sealed by it: they cannot fail now. */
    private byte[] opened(String key, String purpose) {
        return switch (open(key, purpose)) {
            case MessageOpening.Opened opened -> opened.plaintext();
            case MessageOpening.Refused(Refusal reason) ->
                throw new IllegalStateException("entry " + key + " of a loaded key ring: " + reason.message());
        };
    }

    private TenantKey currentKey() {
        return tenantKeys.lastEntry().getValue();
    }

    private String masterKeyId(int version) {
        byte[] wrapped = entries.getOrDefault(TENANT_KEY_PREFIX + version, new byte[0]);
        return rings.masterKeys().masterKeyId(wrapped).orElseThrow();
    }

    private static boolean isTenantKey(String key) {
        return key.startsWith(TENANT_KEY_PREFIX);
    }

    private static String purposeOf(String key) {
        return key.startsWith(SEALING_KEY_PREFIX) ? SEALING_KEY_PURPOSE : key;
    }
}
