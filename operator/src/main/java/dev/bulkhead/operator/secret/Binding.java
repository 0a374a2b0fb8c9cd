package dev.bulkhead.operator.secret;

/**
 * The place a stored value belongs to. All five parts are authenticated with it, so a value copied to another tenant,
 * purpose, Secret or key does not open there.
 *
 * @param identity the tenant's identity
 * @param purpose what the value is for
 * @param namespace namespace of the Secret it is stored in
 * @param name name of that Secret
 * @param key key within that Secret
 */
public record Binding(String identity, String purpose, String namespace, String name, String key) {
    public Binding {
        Frame.requireNotEmpty("identity", identity);
        Frame.requireNotEmpty("purpose", purpose);
        Frame.requireNotEmpty("namespace", namespace);
        Frame.requireNotEmpty("name", name);
        Frame.requireNotEmpty("key", key);
    }
}
