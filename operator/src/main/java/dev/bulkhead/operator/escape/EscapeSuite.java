package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.BucketContents.Item;
import dev.bulkhead.operator.escape.BucketContents.Upload;
import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;

/**
 * Tries to get out of one bucket into another by every name that a request can carry. What happened to the victim decides,
 * and what an answer or the attacker's bucket holds of it; never the status of an answer, which servers give as they like.
 *
 * <p>Requests go one after the other, a carrier of names at a time. The victim is looked at after each carrier, and again
 * after halves of it where something happened, down to the one request that did it; it is put back each time. What happens
 * once and not again when the same requests are sent proves nothing, neither way; nor does what a server did not hear.
 */
public final class EscapeSuite implements AutoCloseable {
    private static final int MOST_PASSES = 3;
    private static final Duration TIDYING = Duration.ofMinutes(1);

    private final Scene scene;
    private final Patience patience;
    private final ExternalCalls calls;
    private final Clock clock;
    private final RawHttp http;

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
     * @param remakeOwn makes the attacker's bucket as it was
     * @param remakeVictim makes the victim's bucket as it was
     */
    public record Scene(
            URI endpoint,
            SSLSocketFactory tls,
            String region,
            AccessKey owner,
            AccessKey attacker,
            String own,
            String victim,
            BucketMaking remakeOwn,
            BucketMaking remakeVictim) {}

    /** Makes a bucket with its settings, whatever there is of it. */
    @FunctionalInterface
    public interface BucketMaking {
        /**
         * Makes it.
         *
         * @throws IOException when the server does not let its owner
         */
        void make() throws IOException;
    }

    /**
     * How long.
     *
     * @param request each
     * @param all together; carriers that are not reached within it are unclear
     */
    public record Patience(Duration request, Duration all) {}

    /** Sends nothing yet. */
    public EscapeSuite(Scene scene, Patience patience, ExternalCalls calls, Clock clock) {
        this.scene = scene;
        this.patience = patience;
        this.calls = calls;
        this.clock = clock;
        this.http = new RawHttp(scene.endpoint(), scene.tls());
    }

    /**
     * What a server calls itself in the Server header of an answer to somebody without a key.
     *
     * @param limit for the one request
     * @return empty where it gives no name, or no answer
     */
    public static String server(URI endpoint, SSLSocketFactory tls, Duration limit) throws InterruptedException {
        try (RawHttp http = new RawHttp(endpoint, tls)) {
            byte[] request = ("GET / HTTP/1.1\r\nhost: " + http.host() + "\r\nconnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
            return http.send(request, limit).headers().getOrDefault("server", "");
        } catch (IOException e) {
            return "";
        }
    }

    /** Tries all of it. Ends in bounded time. */
    public EscapeReport run() throws InterruptedException {
        RawS3.Terms terms = terms(patience.all());
        RawS3 owner = s3(scene.owner(), terms);
        BucketContents ownersOwn = new BucketContents(owner, scene.own());
        BucketContents victims = new BucketContents(owner, scene.victim());
        RawS3 attacker = s3(scene.attacker(), terms);
        BucketSettings ownSettings = new BucketSettings(ownersOwn, scene.remakeOwn());
        EscapeTrial trial = new EscapeTrial(
                attacker,
                new OwnBucket(new BucketContents(attacker, scene.own())),
                new OwnBucket(ownersOwn),
                ownSettings,
                new VictimBucket(victims, new BucketSettings(victims, scene.remakeVictim())));
        List<CarrierFinding> found = new ArrayList<>();
        for (NameCarrier carrier : NameCarrier.values()) {
            found.add(trial.of(carrier));
        }
        trial.lastLook().ifPresent(found::add);
        return new EscapeReport(found);
    }

    /** Deletes what lies in both buckets, so that they can be removed. */
    public void empty() throws InterruptedException {
        tidy(false);
    }

    /** Removes both buckets with all that lies in them, where the server lets their owner do that. */
    public void remove() throws InterruptedException {
        tidy(true);
    }

    private void tidy(boolean removing) throws InterruptedException {
        RawS3 owner = s3(scene.owner(), terms(TIDYING));
        BucketContents own = new BucketContents(owner, scene.own());
        BucketContents victim = new BucketContents(owner, scene.victim());
        try {
            List<Item> left = own.empty();
            for (int again = 0; again < MOST_PASSES && !left.isEmpty(); again++) {
                deleteByNamesTried(own, left);
                left = own.empty();
            }
            victim.empty();
            if (removing) {
                own.remove();
                victim.remove();
            }
        } catch (IOException e) {
            // They have derived names: the next run goes on with what is left.
        }
    }

    /** Some servers take names that they then cannot list as they are. */
    private void deleteByNamesTried(BucketContents own, List<Item> left) throws IOException, InterruptedException {
        for (String name : EscapeAttempt.keys(new Cast(scene.own(), scene.victim(), "", "", ""))) {
            for (Item item : left) {
                own.delete(name, item.version());
            }
            for (Upload upload : own.uploads()) {
                own.abort(new Upload(name, upload.id()));
            }
        }
    }

    private RawS3.Terms terms(Duration all) {
        return new RawS3.Terms(patience.request(), clock.instant().plus(all), calls, clock);
    }

    private RawS3 s3(AccessKey key, RawS3.Terms terms) {
        return new RawS3(http, key, scene.region(), terms);
    }

    @Override
    public void close() {
        http.close();
    }
}
