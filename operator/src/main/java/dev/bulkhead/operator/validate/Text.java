package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.ApiGroup;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Forms of text that several rules ask for, the same the CRD asks for. */
final class Text {
    private static final Pattern TEXT = Pattern.compile(ApiGroup.TEXT);
    private static final Pattern SUBJECT = Pattern.compile(ApiGroup.SUBJECT);
    private static final Pattern LABEL = Pattern.compile(ApiGroup.LABEL);
    private static final Pattern OBJECT = Pattern.compile(ApiGroup.OBJECT);
    private static final Pattern EXTENSION = Pattern.compile(ApiGroup.EXTENSION);
    private static final Pattern HOST = Pattern.compile(ApiGroup.HOST);
    private static final Pattern IMAGE = Pattern.compile(ApiGroup.IMAGE);
    private static final Pattern IDENTITY = Pattern.compile(ApiGroup.IDENTITY);
    private static final int HOST_LONGEST = 253;

    private Text() {}

    /** Plain text without control, invisible or line-break characters. */
    static boolean plain(String text) {
        return TEXT.matcher(text).matches();
    }

    /** The name of a user or group. */
    static boolean subject(String text) {
        return SUBJECT.matcher(text).matches();
    }

    /** A DNS-1123 label of at most that many characters. */
    static boolean label(@Nullable String text, int longest) {
        return text != null && text.length() <= longest && LABEL.matcher(text).matches();
    }

    /** The name of an object in a namespace. */
    static boolean object(@Nullable String text) {
        return text != null
                && text.length() <= HOST_LONGEST
                && OBJECT.matcher(text).matches();
    }

    /** The name of a PostgreSQL extension. */
    static boolean extension(String text) {
        return text.length() <= 63 && EXTENSION.matcher(text).matches();
    }

    /** A full DNS name in lower case. */
    static boolean host(String text) {
        return text.length() <= HOST_LONGEST && HOST.matcher(text).matches();
    }

    /** A container image; a digest is whole. */
    static boolean image(String text) {
        return text.length() <= 512 && IMAGE.matcher(text).matches();
    }

    /** A UUID in lower case. */
    static boolean identity(@Nullable String text) {
        return text != null && IDENTITY.matcher(text).matches();
    }

    /** The day, or null when there is no such day. */
    static @Nullable LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
