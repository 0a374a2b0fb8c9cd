package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.SlotUse;
import dev.bulkhead.operator.rotation.ExchangePlanner.Next;
import dev.bulkhead.operator.secret.ChangeOver;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore.Changed;
import dev.bulkhead.operator.secret.Purpose;
import dev.bulkhead.operator.secret.RotationRecord;
import dev.bulkhead.operator.secret.TenantState;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The one write of each stage of an exchange, as another ring and another record.
 *
 * @param part whose credential
 * @param what the same, as a Rotation names it
 * @param by uid of the Rotation
 */
record CredentialExchange(PartId part, Rotatable what, String by) {
    /**
     * What is to be written; empty when nothing is.
     *
     * @param fresh a new credential, zeroed here
     */
    Optional<Changed> changed(Next next, KeyRing ring, TenantState state, Supplier<byte[]> fresh, Instant now) {
        RotationRecord record = state.rotation();
        return switch (next) {
            case Next.Make _ -> {
                Slot current = state.slots().of(part).current();
                Slot other = current == Slot.One ? Slot.Two : Slot.One;
                byte[] credential = fresh.get();
                try {
                    yield Optional.of(new Changed(
                            ring.withCredential(Purpose.of(part, other), credential),
                            state.with(part, new SlotUse(current, Set.of(current, other)))
                                    .with(record.with(part, new ChangeOver(other, by, null)))));
                } finally {
                    Arrays.fill(credential, (byte) 0);
                }
            }
            case Next.Switch _ -> {
                ChangeOver change = change(state);
                yield kept(ring, state.with(part, new SlotUse(change.to(), Set.of(change.to(), change.from()))));
            }
            case Next.Drain drain -> {
                ChangeOver change = change(state);
                yield kept(
                        ring, state.with(record.with(part, new ChangeOver(change.to(), change.by(), drain.until()))));
            }
            case Next.Shut _ -> {
                ChangeOver change = change(state);
                Instant until = change.oldUntil() == null || now.isBefore(change.oldUntil()) ? now : change.oldUntil();
                yield kept(
                        ring,
                        state.with(part, SlotUse.only(change.to()))
                                .with(record.with(part, new ChangeOver(change.to(), change.by(), until))));
            }
            case Next.Forget _ -> {
                ChangeOver change = change(state);
                yield Optional.of(new Changed(
                        ring.withoutCredential(Purpose.of(part, change.from())),
                        state.with(
                                record.without(part).exchanged(what, new RotationRecord.Exchanged(change.by(), now)))));
            }
            case Next.Await _ -> Optional.empty();
        };
    }

    private ChangeOver change(TenantState state) {
        return state.rotation().of(part).orElseThrow();
    }

    private static Optional<Changed> kept(KeyRing ring, TenantState state) {
        return Optional.of(new Changed(ring.copy(), state));
    }
}
