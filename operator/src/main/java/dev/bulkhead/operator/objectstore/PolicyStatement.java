package dev.bulkhead.operator.objectstore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement of a bucket policy.
 *
 * @param sid its name
 * @param effect Allow or Deny
 * @param principals who, in the words of the server's driver; {@link #EVERYBODY} alone means everybody
 * @param actions S3 actions
 * @param resources ARNs
 * @param condition under which it holds; null means always
 */
public record PolicyStatement(
        String sid,
        Effect effect,
        List<String> principals,
        List<String> actions,
        List<String> resources,
        @Nullable PolicyCondition condition) {
    /** The principal that means everybody, with or without a key. */
    public static final String EVERYBODY = "*";

    /** Makes lists immutable. */
    public PolicyStatement {
        principals = List.copyOf(principals);
        actions = List.copyOf(actions);
        resources = List.copyOf(resources);
    }

    /** What a statement does. */
    public enum Effect {
        Allow,
        Deny
    }

    /**
     * A comparison of one request key. Only one per statement: several in one statement would all have to hold.
     *
     * @param operator such as StringLike
     * @param key such as s3:x-amz-acl
     * @param values any of which matches
     */
    public record PolicyCondition(String operator, String key, List<String> values) {
        /** Makes the list immutable. */
        public PolicyCondition {
            values = List.copyOf(values);
        }
    }
}
