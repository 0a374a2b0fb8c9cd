package dev.bulkhead.operator.secret;

import dev.bulkhead.operator.identity.Slot;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change from one credential of a part to the other that is under way. What it has come to is told by it and by the
 * slots alone, so whoever reads the record knows what comes next.
 *
 * @param to the slot that is changed to
 * @param by uid of the Rotation that began it
 * @param oldUntil when the other slot is shut, whatever else has happened; null as long as the new credential is not
 *     delivered, because until then the old one is all that the tenant has
 */
public record ChangeOver(Slot to, String by, @Nullable Instant oldUntil) {
    /** The slot that is left. */
    public Slot from() {
        return to == Slot.One ? Slot.Two : Slot.One;
    }
}
