package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;

/**
 * How the same request went in one's own bucket, by the front door.
 *
 * @param open whether it did what it is for
 * @param offered whether the server does such a thing at all
 * @param denied whether this key may not do such a thing here; its owner may
 * @param detail what was answered
 */
@Pure
record FrontDoor(boolean open, boolean offered, boolean denied, String detail) {
    static final FrontDoor OPEN = new FrontDoor(true, true, false, "");

    static FrontDoor of(RawAnswer answer) {
        return new FrontDoor(
                answer.ok(), !answer.notImplemented(), answer.code().equals("AccessDenied"), answer.toString());
    }

    /** The answer was what it was, and what it should have led to is not there. */
    FrontDoor butNot(String what) {
        return new FrontDoor(false, offered, denied, detail + ", and " + what + " is not there");
    }
}
