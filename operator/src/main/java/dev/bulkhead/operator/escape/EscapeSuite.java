package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.BucketContents.Item;
import dev.bulkhead.operator.escape.BucketContents.Upload;
import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;

/**
 * Tries to get out of one bucket into another by every name that a request can carry. What happened to the victim decides,
 * and what an answer or the attacker's bucket holds of it; never the status of an answer, which servers give as they like.
 *
 * <p>Requests go one after the other, a carrier of names at a time. The victim is looked at after each carrier, and again
 * after halves of it where something happened, down to the one request that did it; it is put back each time. What happens
 * once and not again when the same requests are sent proves nothing, neither way.
 */
public final class EscapeSuite implements AutoCloseable {
    private static final int MOST_PASSES = 3;

    private final RawHttp http;
    private final RawS3 attacker;
    private final OwnBucket own;
    private final VictimBucket victim;
    private final BucketContents ownersOwn;
    private final Instant end;
    private final Clock clock;

    /**
     * Where it happens. Both buckets are there for nothing else: what lies in them is deleted.
     *
     * @param endpoint of the server
     * @param tls trusts its certificate
     * @param region to sign for
     * @param owner key of the account that both buckets belong to
     * @param attacker key that is let into {@code own} as a tenant is into its bucket, and nowhere else
     * @param own the attacker's bucket
     * @param victim the bucket that is to be reached
     * @param remake makes the victim's bucket anew, where it is gone
     */
    public record Scene(
            URI endpoint,
            SSLSocketFactory tls,
            String region,
            AccessKey owner,
            AccessKey attacker,
            String own,
            String victim,
            Runnable remake) {}

    /**
     * How long.
     *
     * @param request each
     * @param all together; carriers that are not reached within it are unclear
     */
    public record Patience(Duration request, Duration all) {}

    /** Sends nothing yet. */
    public EscapeSuite(Scene scene, Patience patience, ExternalCalls calls, Clock clock) {
        this.http = new RawHttp(scene.endpoint(), scene.tls(), patience.request());
        RawS3 owner = new RawS3(http, scene.owner(), scene.region(), calls, clock);
        this.attacker = new RawS3(http, scene.attacker(), scene.region(), calls, clock);
        this.own = new OwnBucket(new BucketContents(attacker, scene.own()));
        this.victim = new VictimBucket(new BucketContents(owner, scene.victim()), scene.remake());
        this.ownersOwn = new BucketContents(owner, scene.own());
        this.clock = clock;
        this.end = clock.instant().plus(patience.all());
    }

    /** Tries all of it. Ends in bounded time; leaves both buckets empty where the server lets their owner do that. */
    public EscapeReport run() throws InterruptedException {
        Map<NameCarrier, CarrierFinding> found = new LinkedHashMap<>();
        String missing = "";
        try {
            victim.stock();
            for (NameCarrier carrier : NameCarrier.values()) {
                if (clock.instant().isAfter(end)) {
                    missing = "not tried in time";
                    break;
                }
                found.put(carrier, tried(carrier));
            }
        } catch (IOException e) {
            missing = String.valueOf(e.getMessage());
        }
        for (NameCarrier carrier : NameCarrier.values()) {
            found.putIfAbsent(carrier, new CarrierFinding(carrier.text(), CarrierResult.UNCLEAR, missing));
        }
        return new EscapeReport(List.copyOf(found.values()));
    }

    /** Deletes what lies in both buckets, so that they can be removed. */
    public void empty() throws InterruptedException {
        try {
            List<Item> left = ownersOwn.empty();
            for (int again = 0; again < MOST_PASSES && !left.isEmpty(); again++) {
                deleteByNamesTried(left);
                left = ownersOwn.empty();
            }
            victim.empty();
        } catch (IOException e) {
            // The next run goes on with what is left.
        }
    }

    /** Some servers take names that they then cannot list as they are. */
    private void deleteByNamesTried(List<Item> left) throws IOException, InterruptedException {
        for (String name : EscapeAttempt.keys(new Cast(own.bucket(), victim.bucket(), "", "", ""))) {
            for (Item item : left) {
                ownersOwn.delete(name, item.version());
            }
            for (Upload upload : ownersOwn.uploads()) {
                ownersOwn.abort(new Upload(name, upload.id()));
            }
        }
    }

    /** Removes both buckets with all that lies in them, where the server lets their owner do that. */
    public void remove() throws InterruptedException {
        empty();
        try {
            ownersOwn.remove();
            victim.remove();
        } catch (IOException e) {
            // They have derived names: the next run goes on with them.
        }
    }

    private CarrierFinding tried(NameCarrier carrier) throws IOException, InterruptedException {
        own.stock();
        FrontDoor door = own.frontDoor(carrier);
        if (door.denied()) {
            door = new OwnBucket(ownersOwn).frontDoor(carrier);
            own.stock();
        }
        Hunt hunt = new Hunt();
        boolean happened = hunt.through(EscapeAttempt.of(carrier));
        if (!hunt.ways.isEmpty()) {
            EscapeAttempt way = hunt.ways.keySet().iterator().next();
            return new CarrierFinding(
                    carrier.text(), CarrierResult.THROUGH, way.spelling().text() + ": " + hunt.ways.get(way));
        }
        if (happened) {
            return new CarrierFinding(
                    carrier.text(), CarrierResult.UNCLEAR, "something happened to the victim once, and not again");
        }
        if (door.open()) {
            return new CarrierFinding(carrier.text(), CarrierResult.KEPT, "");
        }
        return new CarrierFinding(
                carrier.text(),
                door.offered() ? CarrierResult.UNCLEAR : CarrierResult.NOT_OFFERED,
                "the same in its own bucket: " + door.detail());
    }

    /** One carrier's requests, narrowed down to the first that gets through. */
    private final class Hunt {
        private final Map<EscapeAttempt, String> ways = new LinkedHashMap<>();

        /** Whether any of them did anything; the victim is as before afterwards. */
        boolean through(List<EscapeAttempt> attempts) throws IOException, InterruptedException {
            String upload = own.stock();
            boolean told = false;
            for (EscapeAttempt attempt : attempts) {
                told |= tellsOf(attempt, upload);
            }
            List<String> happened = new ArrayList<>(own.loot(victim.secrets()));
            List<String> changes = victim.changes();
            if (!changes.isEmpty()) {
                happened.addAll(changes);
                victim.stock();
            }
            if (happened.isEmpty()) {
                return told;
            }
            if (attempts.size() == 1) {
                ways.putIfAbsent(attempts.getFirst(), happened.getFirst());
                return true;
            }
            int half = attempts.size() / 2;
            if (!through(attempts.subList(0, half)) || ways.isEmpty()) {
                through(attempts.subList(half, attempts.size()));
            }
            return true;
        }

        private boolean tellsOf(EscapeAttempt attempt, String upload) throws IOException, InterruptedException {
            RawRequest request = withUpload(attempt.request(victim.cast(own.bucket())), upload);
            RawAnswer answer = attacker.send(request);
            String asked = Name.decoded(request.path() + request.query() + request.headers() + request.body());
            Set<String> secrets = victim.secrets();
            boolean told = secrets.stream()
                    .anyMatch(secret -> !asked.contains(secret)
                            && (answer.body().contains(secret)
                                    || answer.headers().values().stream().anyMatch(v -> v.contains(secret))));
            if (told) {
                ways.putIfAbsent(attempt, "the answer tells what is the victim's");
            }
            return told;
        }
    }

    private static RawRequest withUpload(RawRequest request, String upload) {
        return new RawRequest(
                request.method(),
                request.path(),
                request.query().replace(NameCarrier.OWN_UPLOAD, Name.encoded(upload, true)),
                request.headers(),
                request.body(),
                request.signing());
    }

    @Override
    public void close() {
        http.close();
    }
}
