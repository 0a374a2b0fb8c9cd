package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request as it goes over the wire, before somebody signs it. One character of a text is one byte.
 *
 * @param method HTTP's
 * @param path from the first slash to the question mark, exactly as sent
 * @param query what follows the question mark, exactly as sent; empty for none
 * @param headers beside those that every request has; names in lower case
 * @param body empty for none
 * @param signing where the signature goes
 */
@Pure
record RawRequest(String method, String path, String query, Map<String, String> headers, String body, Signing signing) {
    /** Makes headers immutable. */
    RawRequest {
        headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    }

    /** Where the signature goes. */
    enum Signing {
        /** Into a header. */
        HEADER,
        /** Into the query: whoever has the URL can send it. */
        PRESIGNED,
        /** Into a field of a form, which stands for the body. */
        FORM
    }

    static RawRequest of(String method, String path, String query) {
        return new RawRequest(method, path, query, Map.of(), "", Signing.HEADER);
    }

    static RawRequest put(String path, String query, String body) {
        return new RawRequest("PUT", path, query, Map.of(), body, Signing.HEADER);
    }

    static RawRequest post(String path, String query, String body) {
        return new RawRequest("POST", path, query, Map.of(), body, Signing.HEADER);
    }

    /** What stands where the policy and its signature go in a form. */
    static final String FORM_SIGNATURE = "<signature>";

    /** What separates the fields of a form. */
    static final String BOUNDARY = "bulkhead-form-boundary";

    /**
     * An upload by a form.
     *
     * @param file name of the file, as a browser sends it
     */
    static RawRequest form(String bucket, String key, String file, String content) {
        return new RawRequest(
                "POST",
                "/" + bucket,
                "",
                Map.of("content-type", "multipart/form-data; boundary=" + BOUNDARY),
                field("key", key)
                        + FORM_SIGNATURE
                        + "--" + BOUNDARY + "\r\ncontent-disposition: form-data; name=\"file\"; filename=\"" + file
                        + "\"\r\ncontent-type: text/plain\r\n\r\n" + content + "\r\n--" + BOUNDARY + "--\r\n",
                Signing.FORM);
    }

    /** One field of a form. */
    static String field(String name, String value) {
        return "--" + BOUNDARY + "\r\ncontent-disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    RawRequest with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new RawRequest(method, path, query, more, body, signing);
    }

    RawRequest presigned() {
        return new RawRequest(method, path, query, headers, body, Signing.PRESIGNED);
    }

    /** What is sent, in one line, without anything of the moment. */
    String text() {
        StringBuilder text = new StringBuilder(signing == Signing.HEADER ? "" : signing + " ");
        text.append(method).append(' ').append(path);
        if (!query.isEmpty()) {
            text.append('?').append(query);
        }
        headers.forEach((name, value) -> {
            if (name.startsWith("x-amz-")) {
                text.append("  ").append(name).append(": ").append(value);
            }
        });
        if (signing == Signing.FORM) {
            text.append("  ")
                    .append(between(body, "name=\"key\"\r\n\r\n", "\r\n"))
                    .append("  filename: ");
            text.append(between(body, "filename=\"", "\""));
        } else if (!body.isEmpty()) {
            text.append("  ").append(body);
        }
        return printable(text.toString());
    }

    private static String between(String text, String before, String after) {
        int begin = text.indexOf(before) + before.length();
        return text.substring(begin, text.indexOf(after, begin));
    }

    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= ' ' && c < 0x7f;
            printable.append(plain ? String.valueOf(c) : "\\x%02x".formatted((int) c));
        }
        return printable.toString();
    }
}
