package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came back. One character of a text is one byte.
 *
 * @param status 0 where nothing came that is HTTP
 * @param headers names in lower case
 */
@Pure
record RawAnswer(int status, Map<String, String> headers, String body) {
    private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9]{1,64})</Code>");

    private static final String OF_SIGNATURE = "SignatureDoesNotMatch";

    /** Of a server, or of something in front of it, that did not look at the request. */
    private static final Set<Integer> UNHEARD_STATUSES = Set.of(0, 407, 408, 421, 425, 429, 502, 503, 504);

    /** Of a server that did not get as far as the names in a request. */
    private static final Set<String> UNHEARD_CODES = Set.of(
            OF_SIGNATURE,
            "RequestTimeTooSkewed",
            "RequestExpired",
            "RequestTimeout",
            "InvalidAccessKeyId",
            "InvalidToken",
            "ExpiredToken",
            "InvalidSecurity",
            "AuthorizationHeaderMalformed",
            "AuthorizationQueryParametersError",
            "CredentialsNotSupported",
            "MissingSecurityHeader",
            "AccountProblem",
            "NotSignedUp",
            "BadDigest",
            "InvalidDigest",
            "XAmzContentSHA256Mismatch",
            "IncompleteBody",
            "MissingContentLength",
            "PermanentRedirect",
            "TemporaryRedirect",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
            "RequestLimitExceeded",
            "SlowDown",
            "ServiceUnavailable",
            "OperationAborted");

    /** Makes headers immutable. */
    RawAnswer {
        headers = Map.copyOf(headers);
    }

    /** The server closed the connection, or kept it open and said nothing whole. */
    static RawAnswer none() {
        return new RawAnswer(0, Map.of(), "");
    }

    boolean ok() {
        return status >= 200 && status < 300;
    }

    /** The server's code for an error; empty where it says none. */
    String code() {
        Matcher code = CODE.matcher(body);
        return status >= 300 && code.find() ? code.group(1) : "";
    }

    /** Whether the server got as far as what the request asks for: else it says nothing of the names in it. */
    boolean heard() {
        return !UNHEARD_STATUSES.contains(status) && !UNHEARD_CODES.contains(code());
    }

    /** Whether it does not let the signer in; some servers say of every signature that they cannot follow only that. */
    boolean shutOut() {
        return status == 401 || status == 403;
    }

    /** Whether it let the signer in, and then did what was asked or had another reason not to. */
    boolean letIn() {
        return ok() || status == 304 || status == 412 || code().equals("NoSuchKey") || code().equals("NoSuchVersion");
    }

    boolean refusedForSignature() {
        return code().equals(OF_SIGNATURE);
    }

    /** Whether the server hears more on the same connection. */
    boolean leavesOpen() {
        return status != 0 && !headers.getOrDefault("connection", "").equalsIgnoreCase("close");
    }

    /** Whether the server says that it does no such thing. */
    boolean notImplemented() {
        return status == 501 || code().equals("NotImplemented") || code().equals("MethodNotAllowed");
    }

    /** Whether the server says that there is no such bucket. */
    boolean noBucket() {
        return status == 404 && code().equals("NoSuchBucket");
    }

    /** For people: status and code, no word more. */
    @Override
    public String toString() {
        return status == 0 ? "no answer" : "HTTP " + status + (code().isEmpty() ? "" : " " + code());
    }
}
