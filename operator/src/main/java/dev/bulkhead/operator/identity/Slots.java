package dev.bulkhead.operator.identity;

/**
 * Which of its two logins and keys a tenant uses.
 *
 * @param database slot of the login in use
 * @param objectStore slot of the key in use
 */
public record Slots(Slot database, Slot objectStore) {
    /** What a tenant starts with. */
    public static final Slots FIRST = new Slots(Slot.One, Slot.One);
}
