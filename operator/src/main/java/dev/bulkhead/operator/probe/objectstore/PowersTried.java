package dev.bulkhead.operator.probe.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.AccessKey;
import dev.bulkhead.operator.escape.EscapeSuite;
import dev.bulkhead.operator.escape.KeyPowers;
import dev.bulkhead.operator.escape.KeyPowers.PowerFinding;
import dev.bulkhead.operator.escape.KeyPowers.PowerResult;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.objectstore.StoreConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Tries whether a tenant's key can make itself keys, sessions or rights on the server of its bucket. Nothing comes of any
 * attempt. Weak is what gets through, and no breach: nobody else's data was met, and who uses it to get to others is met by
 * the attempts on their buckets.
 */
final class PowersTried {
    private static final EscapeSuite.Patience PATIENCE =
            new EscapeSuite.Patience(Duration.ofSeconds(5), Duration.ofSeconds(20));

    private PowersTried() {}

    /** One trial for each that the server offers. */
    static List<Trial> by(Subject self, StoreConnection connection, String bucket, ExternalCalls calls)
            throws InterruptedException {
        KeyPowers.KeyHolder holder = new KeyPowers.KeyHolder(
                connection.endpoint(),
                connection.sockets(),
                connection.region(),
                new AccessKey(connection.accessKeyId(), connection.secretAccessKey()),
                bucket,
                "");
        try (KeyPowers powers = new KeyPowers(holder, PATIENCE, calls, Clock.systemUTC())) {
            return powers.leavingNothing().stream()
                    .filter(found -> found.result() != PowerResult.NOT_OFFERED)
                    .map(found -> trial(self, bucket, found))
                    .toList();
        }
    }

    private static Trial trial(Subject self, String bucket, PowerFinding found) {
        String actor = ObjectStoreProbe.actor(self);
        String target = "users and keys of the store";
        Attempt tried = switch (found.result()) {
            case KEPT, NOT_OFFERED -> Attempt.refused(actor, target, found.detail());
            case THROUGH -> Attempt.succeeded(actor, target, "let through, " + found.detail());
            case UNCLEAR -> Attempt.broken(actor, target, found.detail());
        };
        return new Trial(
                Control.TI_OBJ,
                "administers by " + found.power(),
                Trial.TrialKind.Weakness,
                tried,
                Attempt.succeeded(actor, "its own bucket " + bucket, "listed before and after"));
    }
}
