package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** AWS Signature Version 4 over requests that no client would send. Never changes a byte of the path or the query. */
@Pure
final class RequestSigner {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final int EXPIRES_SECONDS = 600;

    private final AccessKey key;
    private final String region;
    private final String service;
    private final String host;

    /** A signer of requests to S3. */
    RequestSigner(AccessKey key, String region, String host) {
        this(key, region, "s3", host);
    }

    /**
     * A signer.
     *
     * @param service that is asked, as its signatures name it, such as {@code iam}
     * @param host as the Host header has it, with the port where it is not the scheme's own
     */
    RequestSigner(AccessKey key, String region, String service, String host) {
        this.key = key;
        this.region = region;
        this.service = service;
        this.host = host;
    }

    /**
     * What a server takes for the path and query that were signed. Servers differ, and a request that is refused for its
     * signature says nothing of its names: so whoever wants in tries all.
     */
    enum Canonical {
        /** Byte by byte as sent. */
        AS_SENT,
        /** Decoded once and encoded anew, as the standard has it. */
        DECODED,
        /** The same, where what is no UTF-8 was read as U+FFFD, byte by byte. */
        DECODED_AS_TEXT,
        /** As decoded, with {@code .} and {@code ..} resolved and slashes joined. */
        CLEANED
    }

    /** The canonicals of a request that differ, in the order to try them in. */
    List<Canonical> canonicals(RawRequest request) {
        List<Canonical> different = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (Canonical canonical : Canonical.values()) {
            String read = path(request.path(), canonical) + "?" + query(request.query(), canonical);
            if (!seen.contains(read)) {
                seen.add(read);
                different.add(canonical);
            }
        }
        return different;
    }

    /**
     * The request as it goes over the wire.
     *
     * @param last whether the connection is to be closed after it
     */
    byte[] signed(RawRequest request, Canonical canonical, Instant now, boolean last) {
        String time = TIME.format(now);
        String scope = time.substring(0, 8) + "/" + region + "/" + service + "/aws4_request";
        return wire(
                switch (request.signing()) {
                    case HEADER -> inHeader(request, canonical, time, scope);
                    case PRESIGNED -> inQuery(request, canonical, time, scope);
                    case FORM -> inForm(request, now, time, scope);
                },
                last);
    }

    private RawRequest inHeader(RawRequest request, Canonical canonical, String time, String scope) {
        Map<String, String> headers = new TreeMap<>(request.headers());
        headers.put("host", host);
        headers.put("x-amz-date", time);
        String payload = Sha256.hex(request.body());
        headers.put("x-amz-content-sha256", payload);
        String signature = signature(
                request.method(),
                path(request.path(), canonical),
                query(request.query(), canonical),
                headers,
                payload,
                time,
                scope);
        headers.put(
                "authorization",
                ALGORITHM + " Credential=" + key.id() + "/" + scope + ", SignedHeaders="
                        + String.join(";", headers.keySet()) + ", Signature=" + signature);
        return signed(request, request.query(), headers, request.body());
    }

    private RawRequest inQuery(RawRequest request, Canonical canonical, String time, String scope) {
        Map<String, String> signed = new TreeMap<>(request.headers());
        signed.put("host", host);
        String more = "X-Amz-Algorithm=" + ALGORITHM + "&X-Amz-Credential="
                + Name.encoded(key.id() + "/" + scope, true) + "&X-Amz-Date=" + time + "&X-Amz-Expires="
                + EXPIRES_SECONDS + "&X-Amz-SignedHeaders=" + Name.encoded(String.join(";", signed.keySet()), true);
        String query = request.query().isEmpty() ? more : more + "&" + request.query();
        String signature = signature(
                request.method(),
                path(request.path(), canonical),
                query(query, canonical),
                signed,
                "UNSIGNED-PAYLOAD",
                time,
                scope);
        return signed(request, query + "&X-Amz-Signature=" + signature, signed, request.body());
    }

    private RawRequest inForm(RawRequest request, Instant now, String time, String scope) {
        String policy = "{\"expiration\":\"" + now.plusSeconds(EXPIRES_SECONDS) + "\",\"conditions\":["
                + "{\"bucket\":\"" + request.path().substring(1) + "\"},[\"starts-with\",\"$key\",\"\"],"
                + "{\"x-amz-algorithm\":\"" + ALGORITHM + "\"},{\"x-amz-credential\":\"" + key.id() + "/" + scope
                + "\"},{\"x-amz-date\":\"" + time + "\"}]}";
        String encoded = Base64.getEncoder().encodeToString(policy.getBytes(StandardCharsets.UTF_8));
        String fields = RawRequest.field("policy", encoded)
                + RawRequest.field("x-amz-algorithm", ALGORITHM)
                + RawRequest.field("x-amz-credential", key.id() + "/" + scope)
                + RawRequest.field("x-amz-date", time)
                + RawRequest.field("x-amz-signature", HexFormat.of().formatHex(hmac(signingKey(scope), encoded)));
        Map<String, String> headers = new TreeMap<>(request.headers());
        headers.put("host", host);
        return signed(request, request.query(), headers, request.body().replace(RawRequest.FORM_SIGNATURE, fields));
    }

    private static RawRequest signed(RawRequest request, String query, Map<String, String> headers, String body) {
        return new RawRequest(request.method(), request.path(), query, headers, body, request.signing());
    }

    private static byte[] wire(RawRequest signed, boolean last) {
        StringBuilder text = new StringBuilder(
                        signed.method() + " " + signed.path() + (signed.query().isEmpty() ? "" : "?" + signed.query()))
                .append(" HTTP/1.1\r\n");
        signed.headers()
                .forEach((name, value) ->
                        text.append(name).append(": ").append(value).append("\r\n"));
        text.append("content-length: ")
                .append(signed.body().length())
                .append(last ? "\r\nconnection: close" : "")
                .append("\r\n\r\n")
                .append(signed.body());
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private String signature(
            String method,
            String path,
            String query,
            Map<String, String> headers,
            String payload,
            String time,
            String scope) {
        StringBuilder canonical = new StringBuilder(method + "\n" + path + "\n" + query + "\n");
        headers.forEach((name, value) ->
                canonical.append(name).append(':').append(value.trim()).append('\n'));
        canonical
                .append('\n')
                .append(String.join(";", headers.keySet()))
                .append('\n')
                .append(payload);
        String text = ALGORITHM + "\n" + time + "\n" + scope + "\n" + Sha256.hex(canonical.toString());
        return HexFormat.of().formatHex(hmac(signingKey(scope), text));
    }

    private byte[] signingKey(String scope) {
        byte[] signing = ("AWS4" + key.secret()).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            signing = hmac(signing, part);
        }
        return signing;
    }

    private static String path(String path, Canonical canonical) {
        return switch (canonical) {
            case AS_SENT -> path;
            case DECODED -> Name.encoded(Name.decoded(path), false);
            case DECODED_AS_TEXT -> Name.encoded(Name.asText(Name.decoded(path)), false);
            case CLEANED -> Name.encoded(cleaned(Name.decoded(path)), false);
        };
    }

    private static String cleaned(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        return "/" + String.join("/", segments) + (path.endsWith("/") && !segments.isEmpty() ? "/" : "");
    }

    private static String query(String query, Canonical canonical) {
        if (query.isEmpty()) {
            return "";
        }
        return Arrays.stream(query.split("&", -1))
                .map(pair -> pair.contains("=") ? pair : pair + "=")
                .map(pair -> canonical == Canonical.AS_SENT ? pair : encodedAnew(pair))
                .sorted()
                .reduce((one, next) -> one + "&" + next)
                .orElse("");
    }

    private static String encodedAnew(String pair) {
        int equals = pair.indexOf('=');
        return Name.encoded(Name.decoded(pair.substring(0, equals)), true) + "="
                + Name.encoded(Name.decoded(pair.substring(equals + 1)), true);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
