package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.util.Map;
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
    private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9]+)</Code>");

    /** Makes headers immutable. */
    RawAnswer {
        headers = Map.copyOf(headers);
    }

    /** The server closed the connection, or kept it open and said nothing. */
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

    boolean refusedForSignature() {
        return code().equals("SignatureDoesNotMatch");
    }

    /** Whether the server says that it does no such thing. */
    boolean notImplemented() {
        return status == 501 || code().equals("NotImplemented") || code().equals("MethodNotAllowed");
    }

    /** For people: status and code, no word more. */
    @Override
    public String toString() {
        return status == 0 ? "no answer" : "HTTP " + status + (code().isEmpty() ? "" : " " + code());
    }
}
