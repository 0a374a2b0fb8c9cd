package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.escape.EscapeSlice.EscapePart;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocketFactory;

/**
 * A folder of a canary's bucket that others try to reach, with nothing but keys that were delivered: theirs, and the canary's.
 * Nothing beside the folder is met by any name. One attacker at a time; who else attacks it from another process may make
 * findings unclear, and never a breach: what is found is tried again from the beginning before it is said.
 */
public final class EscapeTarget implements AutoCloseable {
    /** What all such folders begin with; whatever lies there may be deleted at any time. */
    static final String FOLDERS = "escape-";

    /** Where tenants attack. */
    public static final String BY_TENANTS = FOLDERS + "tenants/";

    /** Where the other canary attacks. */
    public static final String BY_CANARY = FOLDERS + "canary/";

    private static final Duration CLOSING = Duration.ofSeconds(5);

    /** No trial takes so long: whoever began an upload before is dead. */
    private static final Duration LEFT = Duration.ofHours(1);

    private final CanaryPlace place;
    private final ExternalCalls calls;
    private final Clock clock;
    private final RawHttp http;
    private final VictimFolder.Memory memory = new VictimFolder.Memory();
    private final ReentrantLock turn = new ReentrantLock(true);
    private boolean closed;

    /**
     * Where it is.
     *
     * @param endpoint of the server
     * @param tls trusts its certificate
     * @param region to sign for
     * @param owner the canary's key
     * @param bucket the canary's
     * @param folder one of the two constants
     */
    public record CanaryPlace(
            URI endpoint, SSLSocketFactory tls, String region, AccessKey owner, String bucket, String folder) {}

    /** Sends nothing yet. */
    public EscapeTarget(CanaryPlace place, ExternalCalls calls, Clock clock) {
        this.place = place;
        this.calls = calls;
        this.clock = clock;
        this.http = new RawHttp(place.endpoint(), place.tls());
    }

    /**
     * Has somebody try to get here from a bucket of its own.
     *
     * @param key of the attacker
     * @param own the attacker's bucket
     * @return a finding for each carrier of the slice
     */
    public EscapeReport attacked(AccessKey key, String own, EscapeSlice slice, EscapeSuite.Patience patience)
            throws InterruptedException {
        turn.lockInterruptibly();
        try {
            if (closed) {
                return unclear(slice, "the canary's key, or the way to its server, was exchanged just now");
            }
            RawS3.Terms terms =
                    new RawS3.Terms(patience.request(), clock.instant().plus(patience.all()), calls, clock);
            RawS3 attacker = new RawS3(http, key, place.region(), terms);
            VictimFolder victim = victim(terms);
            if (slice.leavesVersions()) {
                return report(slice, attacker, new CanaryBucket(new BucketContents(attacker, own)), victim);
            }
            LentBucket lent = new LentBucket(new BucketContents(attacker, own, LentBucket.HOME));
            try {
                tidy(() -> lent.giveUp(clock.instant().minus(LEFT)));
                return report(slice, attacker, lent, victim);
            } finally {
                tidy(lent::close);
            }
        } finally {
            turn.unlock();
        }
    }

    private static EscapeReport unclear(EscapeSlice slice, String why) {
        return new EscapeReport(slice.parts().stream()
                .map(part -> new CarrierFinding(part.carrier().text(), CarrierResult.UNCLEAR, why))
                .toList());
    }

    private EscapeReport report(EscapeSlice slice, RawS3 attacker, AttackersBucket own, VictimFolder victim)
            throws InterruptedException {
        List<CarrierFinding> found = new ArrayList<>();
        EscapeTrial trial = new EscapeTrial(attacker, own, own, () -> {}, victim);
        for (EscapePart part : slice.parts()) {
            CarrierFinding first = trial.of(part.carrier(), part.attempts());
            found.add(first.result() == CarrierResult.THROUGH ? again(first, part, attacker, own, victim) : first);
        }
        return new EscapeReport(found);
    }

    /** Somebody else may have been at the victim just then, and a key that is let in by the front door needs no name. */
    private CarrierFinding again(
            CarrierFinding first, EscapePart part, RawS3 attacker, AttackersBucket own, VictimFolder victim)
            throws InterruptedException {
        CarrierFinding second =
                new EscapeTrial(attacker, own, own, () -> {}, victim).of(part.carrier(), part.attempts());
        if (second.result() != CarrierResult.THROUGH) {
            return unclear(first, "got through once and not again: " + first.detail());
        }
        try {
            return isLetIn(attacker)
                    ? unclear(first, "the victim's bucket lets this key in by the front door, which needs no such name")
                    : second;
        } catch (IOException e) {
            return second;
        }
    }

    private boolean isLetIn(RawS3 attacker) throws IOException, InterruptedException {
        String object = "/" + place.bucket() + "/" + place.folder() + Cast.KEY;
        List<RawRequest> doors = List.of(
                RawRequest.of("GET", object, ""),
                RawRequest.of("GET", "/" + place.bucket(), "list-type=2&max-keys=1"),
                RawRequest.put(object, "", Cast.WRITTEN).with("if-none-match", "*"),
                RawRequest.of("DELETE", object, "").with("if-match", LentBucket.ANOTHER_TAG));
        for (RawRequest door : doors) {
            if (attacker.heard(door).letIn()) {
                return true;
            }
        }
        return false;
    }

    private static CarrierFinding unclear(CarrierFinding first, String why) {
        return new CarrierFinding(first.carrier(), CarrierResult.UNCLEAR, why);
    }

    private VictimFolder victim(RawS3.Terms terms) {
        RawS3 owner = new RawS3(http, place.owner(), place.region(), terms);
        return new VictimFolder(
                new BucketContents(owner, place.bucket(), place.folder()), place.folder(), memory, clock);
    }

    /** Waits for whoever attacks it now; what lies there stays for whoever comes next. */
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            tidy(victim(new RawS3.Terms(CLOSING, clock.instant().plus(CLOSING), calls, clock))::close);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            http.close();
            turn.unlock();
        }
    }

    private interface Tidying {
        void tidy() throws IOException, InterruptedException;
    }

    private static void tidy(Tidying tidying) throws InterruptedException {
        try {
            tidying.tidy();
        } catch (IOException e) {
            // An upload of a small part is left: the next one gives it up.
        }
    }
}
