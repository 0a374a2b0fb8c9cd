package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.calls.ExternalCalls;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;

/**
 * A small S3 server in memory, without versions, that keeps buckets apart: a name is a name. What it would answer a test may
 * answer in its place. Does not look at signatures.
 */
final class ScriptedS3 implements AutoCloseable {
    static final String OWN = "own-bucket";
    static final String VICTIM = "victim-bucket";
    static final String NO_ANSWER = "";

    private static final Pattern KEY = Pattern.compile("<Key>([^<]*)</Key>");
    private static final AccessKey OWNER = new AccessKey("owner", "secret-of-the-owner");
    private static final AccessKey ATTACKER = new AccessKey("attacker", "secret-of-the-attacker");

    final Map<String, Map<String, String>> buckets = new TreeMap<>();
    final Map<String, String> policies = new TreeMap<>();
    final List<Heard> heard = new ArrayList<>();
    private final Map<String, Map<String, String>> uploads = new TreeMap<>();
    private final ServerSocket socket;
    private final URI endpoint;
    private final RawHttp http;
    private Function<Heard, Optional<String>> script = _ -> Optional.empty();
    private int remade;
    private int ids;

    /** A request. */
    record Heard(String method, String path, String query, String body, boolean owners) {
        /** Whether the attacker asks for what is not its own, however it is spelled. */
        boolean isAttempt() {
            return !owners && Name.decoded(Name.decoded(path + query + body)).contains(VICTIM);
        }

        boolean ownersListing() {
            return owners && path.equals("/" + VICTIM) && query.contains("list-type=2");
        }
    }

    ScriptedS3() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        endpoint = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        http = new RawHttp(endpoint, (SSLSocketFactory) SSLSocketFactory.getDefault());
        make(OWN);
        make(VICTIM);
        Thread.ofVirtual().start(this::serve);
    }

    /** An S3 error. */
    static String error(int status, String code) {
        return answer(status, "<Error><Code>" + code + "</Code></Error>");
    }

    static String answer(int status, String body) {
        return "HTTP/1.1 " + status + " X\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
    }

    /** Answers in its place; {@link #NO_ANSWER} hangs up. */
    synchronized void answering(Function<Heard, Optional<String>> wanted) {
        script = wanted;
    }

    synchronized int remade() {
        return remade;
    }

    /** Attacks the server, of which the attacker's key lets into one bucket. */
    EscapeTrial trial() {
        return trial(Clock.systemUTC(), Duration.ofMinutes(1));
    }

    EscapeTrial trial(Clock clock, Duration all) {
        BucketContents owners = new BucketContents(s3(OWNER, clock, all), OWN);
        BucketContents victims = new BucketContents(s3(OWNER, clock, all), VICTIM);
        RawS3 attacker = s3(ATTACKER, clock, all);
        return new EscapeTrial(
                attacker,
                new OwnBucket(new BucketContents(attacker, OWN)),
                new OwnBucket(owners),
                new BucketSettings(owners, () -> make(OWN)),
                new VictimBucket(victims, new BucketSettings(victims, () -> make(VICTIM))));
    }

    /** Asks it for what the attacker's key can do beside S3. */
    KeyPowers powers() {
        return new KeyPowers(
                new KeyPowers.KeyHolder(
                        endpoint, (SSLSocketFactory) SSLSocketFactory.getDefault(), "us-east-1", ATTACKER, OWN, ""),
                new EscapeSuite.Patience(Duration.ofSeconds(5), Duration.ofSeconds(20)),
                ExternalCalls.unobserved(),
                Clock.systemUTC());
    }

    RawS3 s3() {
        return s3(ATTACKER, Clock.systemUTC(), Duration.ofMinutes(1));
    }

    private RawS3 s3(AccessKey key, Clock clock, Duration all) {
        return new RawS3(
                http,
                key,
                "us-east-1",
                new RawS3.Terms(
                        Duration.ofSeconds(5),
                        Duration.ofMillis(1),
                        clock.instant().plus(all),
                        ExternalCalls.unobserved(),
                        clock));
    }

    private synchronized void make(String bucket) {
        remade++;
        buckets.computeIfAbsent(bucket, _ -> new TreeMap<>());
        policies.put(bucket, "as made");
    }

    private void serve() {
        while (true) {
            try (Socket client = socket.accept()) {
                String answer = answer(client.getInputStream());
                client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                if (socket.isClosed()) {
                    return;
                }
            }
        }
    }

    private synchronized String answer(InputStream stream) throws IOException {
        InputStream in = new BufferedInputStream(stream);
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        Matcher length = Pattern.compile("content-length: (\\d+)").matcher(head);
        String body = length.find()
                ? new String(in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.ISO_8859_1)
                : "";
        String[] line = head.substring(0, head.indexOf("\r\n")).split(" ", -1);
        int mark = line[1].indexOf('?');
        Heard request = new Heard(
                line[0],
                mark < 0 ? line[1] : line[1].substring(0, mark),
                mark < 0 ? "" : line[1].substring(mark + 1),
                body,
                head.indexOf("Credential=owner/") >= 0);
        heard.add(request);
        return script.apply(request).orElseGet(() -> plain(request, head.toString()));
    }

    private String plain(Heard request, String head) {
        String path = Name.decoded(request.path());
        int slash = path.indexOf('/', 1);
        String bucket = slash < 0 ? path.substring(1) : path.substring(1, slash);
        String key = slash < 0 ? "" : path.substring(slash + 1);
        Map<String, String> objects = buckets.get(bucket);
        boolean setting = key.isEmpty()
                && request.query().endsWith("=")
                && !request.query().contains("uploads=")
                && !request.query().contains("delete=");
        if (head.contains("x-amz-copy-source") || request.query().contains("versions=")) {
            return error(501, "NotImplemented");
        }
        if (!request.owners() && (!bucket.equals(OWN) || setting)) {
            return error(403, "AccessDenied");
        }
        if (objects == null) {
            return error(404, "NoSuchBucket");
        }
        return key.isEmpty() ? ofBucket(request, bucket, objects) : ofObject(request, bucket, key, objects);
    }

    private String ofBucket(Heard request, String bucket, Map<String, String> objects) {
        String query = request.query();
        if (query.contains("uploads=")) {
            StringBuilder all = new StringBuilder();
            uploads.keySet().stream()
                    .filter(id -> id.startsWith(bucket))
                    .forEach(id -> all.append("<Upload><Key>parts</Key><UploadId>" + id + "</UploadId></Upload>"));
            return answer(200, "<ListMultipartUploadsResult>" + all + "</ListMultipartUploadsResult>");
        }
        if (query.contains("policy=")) {
            if (request.method().equals("PUT")) {
                policies.put(bucket, request.body());
            }
            return answer(200, String.valueOf(policies.get(bucket)));
        }
        if (query.contains("delete=")) {
            Matcher keys = KEY.matcher(request.body());
            while (keys.find()) {
                objects.remove(keys.group(1));
            }
            return answer(200, "<DeleteResult/>");
        }
        if (request.method().equals("GET") && !query.endsWith("=")) {
            StringBuilder all = new StringBuilder();
            objects.forEach((key, body) -> all.append("<Contents><Key>" + Name.encoded(key, false) + "</Key><Size>"
                    + body.length() + "</Size></Contents>"));
            return answer(200, "<ListBucketResult><EncodingType>url</EncodingType>" + all + "</ListBucketResult>");
        }
        return error(501, "NotImplemented");
    }

    private String ofObject(Heard request, String bucket, String key, Map<String, String> objects) {
        if (request.query().contains("uploads=")) {
            String id = bucket + "-upload-" + ids++;
            uploads.put(id, new TreeMap<>());
            return answer(
                    200,
                    "<InitiateMultipartUploadResult><UploadId>" + id + "</UploadId></InitiateMultipartUploadResult>");
        }
        if (request.query().contains("uploadId=")) {
            return ofUpload(request);
        }
        return switch (request.method()) {
            case "PUT" -> {
                objects.put(key, request.body());
                yield answer(200, "");
            }
            case "GET" ->
                objects.containsKey(key) ? answer(200, objects.getOrDefault(key, "")) : error(404, "NoSuchKey");
            case "DELETE" -> {
                objects.remove(key);
                yield answer(204, "");
            }
            default -> error(501, "NotImplemented");
        };
    }

    private String ofUpload(Heard request) {
        String id = Name.decoded(request.query().replaceFirst(".*uploadId=", ""));
        Map<String, String> parts = uploads.get(id);
        if (parts == null || request.owners() == id.startsWith(OWN)) {
            return error(404, "NoSuchUpload");
        }
        return switch (request.method()) {
            case "PUT" -> {
                parts.put(request.query().replaceFirst("partNumber=(\\d+).*", "$1"), request.body());
                yield "HTTP/1.1 200 X\r\netag: \"part\"\r\ncontent-length: 0\r\n\r\n";
            }
            case "GET" -> {
                StringBuilder all = new StringBuilder();
                parts.keySet()
                        .forEach(part ->
                                all.append("<Part><PartNumber>" + part + "</PartNumber><ETag>\"part\"</ETag></Part>"));
                yield answer(200, "<ListPartsResult>" + all + "</ListPartsResult>");
            }
            case "DELETE" -> {
                uploads.remove(id);
                yield answer(204, "");
            }
            default -> error(501, "NotImplemented");
        };
    }

    @Override
    public void close() {
        http.close();
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
