package dev.bulkhead.operator.identity;

/** The two logins, and the two keys, that a tenant can have, so that a new one works before the old one goes. */
public enum Slot {
    /** What a tenant starts with. */
    One(1),
    /** What it changes over to, and back. */
    Two(2);

    private final int number;

    Slot(int number) {
        this.number = number;
    }

    /** The number at the end of a login's name or an access key id. */
    public int number() {
        return number;
    }
}
