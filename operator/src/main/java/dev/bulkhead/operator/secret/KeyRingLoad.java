package dev.bulkhead.operator.secret;

/** What came of loading a key ring. Only {@link Loaded} lets anything be read or written for that tenant. */
public sealed interface KeyRingLoad {

    /** Every entry opened. The caller closes the ring. */
    record Loaded(KeyRing ring) implements KeyRingLoad {}

    /** A tenant key is wrapped with a master key that is not loaded: bring that key back, then load again. */
    record MasterKeyMissing(String masterKeyId) implements KeyRingLoad {}

    /**
     * A tenant key was wrapped with another master key than the one that is loaded under the same id; or the wrap is
     * damaged in the one place where that looks alike.
     *
     * @param key the entry's key in the Secret
     */
    record OtherMasterKey(String key, String masterKeyId) implements KeyRingLoad {}

    /**
     * An entry is missing, damaged, or belongs elsewhere: restore the Secret from a backup.
     *
     * @param key the entry's key in the Secret
     */
    record Corrupt(String key, Refusal reason) implements KeyRingLoad {}
}
