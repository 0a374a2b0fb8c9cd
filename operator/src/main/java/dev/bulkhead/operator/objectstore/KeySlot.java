package dev.bulkhead.operator.objectstore;

/** The two keys a tenant can have, so that a new one works before the old one goes. */
public enum KeySlot {
    /** What a tenant starts with. */
    One(1),
    /** What it changes over to, and back. */
    Two(2);

    private final int number;

    KeySlot(int number) {
        this.number = number;
    }

    /** The number at the end of the access key id. */
    public int number() {
        return number;
    }
}
