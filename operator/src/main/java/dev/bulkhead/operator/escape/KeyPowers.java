package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.calls.ExternalCalls;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;

/**
 * Tries what the holder of a key can do by the API of users and keys, and of sessions: whatever it is, it outlives the taking
 * back of that key. The answer decides, for what is asked is made such that nothing comes of it; and only beside the same
 * key's way into its own bucket, before and after.
 *
 * <p>Sessions are asked for where all is one port. AWS, whose APIs have hosts of their own, gives one to every user and has no
 * right that would refuse it; such a session can do what the user can, and nothing more when the user is shut out.
 */
public final class KeyPowers implements AutoCloseable {
    private static final int MOST_TRIES = 3;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Pattern USER = Pattern.compile("<Arn>arn:[a-z-]+:iam::[^:<]*:user/(?:[^<]*/)?([^/<]+)</Arn>");
    private static final Pattern MADE = Pattern.compile("<AccessKeyId>([A-Za-z0-9_.-]{1,128})</AccessKeyId>");

    private final KeyHolder holder;
    private final EscapeSuite.Patience patience;
    private final ExternalCalls calls;
    private final Clock clock;
    private final RawHttp s3;
    private final RawHttp iam;

    /**
     * Who tries it, and where.
     *
     * @param endpoint of S3
     * @param iam of the API of users and keys; S3's own where it has no other
     * @param tls trusts the certificates of both
     * @param region to sign for at S3's
     * @param iamRegion to sign for at the other
     * @param bucket that the key gets into
     * @param user whose key it is; empty where it is not known: then the server is asked, and what takes the name is tried
     *     only where it tells
     */
    public record KeyHolder(
            URI endpoint,
            URI iam,
            SSLSocketFactory tls,
            String region,
            String iamRegion,
            AccessKey key,
            String bucket,
            String user) {
        /** Of a server whose APIs are all on S3's port. */
        public KeyHolder(URI endpoint, SSLSocketFactory tls, String region, AccessKey key, String bucket, String user) {
            this(endpoint, endpoint, tls, region, region, key, bucket, user);
        }

        boolean besideS3() {
            return iam.equals(endpoint);
        }
    }

    /** What was found of one of them. */
    public enum PowerResult {
        /** Refused, while the key gets into its own bucket. */
        KEPT,
        /** Done, or not done for a reason that only who is let through is told. */
        THROUGH,
        /** Neither can be said. */
        UNCLEAR,
        /** The server does no such thing for anybody there. */
        NOT_OFFERED
    }

    /**
     * One of them.
     *
     * @param power such as {@code CreateAccessKey (IAM)}
     * @param detail the answer's status and code, or why nothing can be said; free of anything secret
     */
    public record PowerFinding(String power, PowerResult result, String detail) {}

    /** Sends nothing yet. */
    public KeyPowers(KeyHolder holder, EscapeSuite.Patience patience, ExternalCalls calls, Clock clock) {
        this.holder = holder;
        this.patience = patience;
        this.calls = calls;
        this.clock = clock;
        this.s3 = new RawHttp(holder.endpoint(), holder.tls());
        this.iam = holder.besideS3() ? s3 : new RawHttp(holder.iam(), holder.tls());
    }

    /** All that leaves nothing, whatever the server makes of it. About fifteen requests, in bounded time. */
    public List<PowerFinding> leavingNothing() throws InterruptedException {
        return tried(power -> power != KeyPower.MAKE_KEY);
    }

    /**
     * The same, and whether the key makes a further one: of a user that is there for it. The key it made is deleted at once;
     * one that a crash left is its user's, with a secret that nobody knows.
     */
    public List<PowerFinding> all() throws InterruptedException {
        return tried(_ -> true);
    }

    private List<PowerFinding> tried(Predicate<KeyPower> wanted) throws InterruptedException {
        List<KeyPower> powers = Arrays.stream(KeyPower.values())
                .filter(wanted)
                .filter(power -> holder.besideS3() || power.byItself())
                .toList();
        RawS3.Terms terms = new RawS3.Terms(patience.request(), clock.instant().plus(patience.all()), calls, clock);
        Map<KeyPower, PowerFinding> found = new EnumMap<>(KeyPower.class);
        String shut;
        try {
            shut = shutOut(terms);
            if (shut.isEmpty()) {
                ask(powers, terms, found);
                shut = shutOut(terms);
            }
        } catch (IOException e) {
            shut = String.valueOf(e.getMessage());
        }
        return shut.isEmpty() ? List.copyOf(found.values()) : unclear(powers, found, shut);
    }

    /** Why the key does not get into its bucket; empty where it does. */
    private String shutOut(RawS3.Terms terms) throws IOException, InterruptedException {
        RawAnswer answer = as("s3", s3, holder.region(), terms)
                .heard(RawRequest.of("GET", "/" + holder.bucket(), "list-type=2&max-keys=1"));
        return answer.ok() ? "" : "the key does not get into its own bucket just then: " + answer;
    }

    private void ask(List<KeyPower> powers, RawS3.Terms terms, Map<KeyPower, PowerFinding> found)
            throws IOException, InterruptedException {
        String user = holder.user().isEmpty() ? told(terms) : holder.user();
        for (KeyPower power : powers) {
            if (isAbsent(power, found)) {
                found.put(power, new PowerFinding(power.text(), PowerResult.NOT_OFFERED, "there is no such API"));
            } else if (!power.namesUser() || !user.isEmpty()) {
                found.put(power, ask(power, user, terms));
            }
        }
    }

    /** Who asks in vain whether there is such an API need not ask on. */
    private static boolean isAbsent(KeyPower power, Map<KeyPower, PowerFinding> found) {
        return power.service() == KeyPower.PowerApi.IAM
                && !power.asksForTheApi()
                && found.entrySet().stream()
                        .filter(one -> one.getKey().asksForTheApi())
                        .allMatch(one -> one.getValue().result() == PowerResult.NOT_OFFERED);
    }

    private PowerFinding ask(KeyPower power, String user, RawS3.Terms terms) throws IOException, InterruptedException {
        RawS3 asker = as(power.signedFor(), iam, holder.iamRegion(), terms);
        RawAnswer answer = RawAnswer.none();
        PowerResult result = PowerResult.UNCLEAR;
        for (int tries = 0; tries < MOST_TRIES && result == PowerResult.UNCLEAR; tries++) {
            if (tries > 0) {
                Thread.sleep(PAUSE);
            }
            answer = asker.askOnce(power.request(user));
            result = power.judge(answer, holder.besideS3());
            if (power == KeyPower.MAKE_KEY && answer.ok()) {
                takeBack(answer, asker);
            }
        }
        return new PowerFinding(power.text(), result, answer.toString());
    }

    /** By the key that could make it; what stays goes with its user. */
    private static void takeBack(RawAnswer made, RawS3 asker) throws IOException, InterruptedException {
        Matcher id = MADE.matcher(made.body());
        if (id.find()) {
            asker.askOnce(KeyPower.deleteKey(id.group(1)));
        }
    }

    /** The name of the key's user, which a server may tell whoever asks; empty where it does not. */
    private String told(RawS3.Terms terms) throws IOException, InterruptedException {
        RawAnswer answer = as(KeyPower.PowerApi.STS.signedFor(), s3, holder.region(), terms)
                .askOnce(KeyPower.callerIdentity());
        Matcher user = USER.matcher(answer.body());
        return answer.ok() && user.find() ? user.group(1) : "";
    }

    private RawS3 as(String service, RawHttp http, String region, RawS3.Terms terms) {
        return new RawS3(http, new RequestSigner(holder.key(), region, service, http.host()), terms);
    }

    private static List<PowerFinding> unclear(List<KeyPower> powers, Map<KeyPower, PowerFinding> found, String why) {
        return powers.stream()
                .map(power -> {
                    PowerFinding one = found.get(power);
                    return one != null && one.result() == PowerResult.THROUGH
                            ? one
                            : new PowerFinding(power.text(), PowerResult.UNCLEAR, why);
                })
                .toList();
    }

    @Override
    public void close() {
        s3.close();
        iam.close();
    }
}
