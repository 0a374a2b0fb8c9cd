package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.outcome.Finding;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A bucket's whole plan as text that a person can review. Pure; the same plan always gives the same text. */
@Pure
public final class BucketText {
    private static final int COLUMN = 24;

    /** Not asked for, or not possible on this server; the second is said under "not enforceable". */
    private static final String LEFT_ALONE = "left alone";

    private BucketText() {}

    /** The text, ending with a line break. */
    public static String of(BucketPlan plan) {
        BucketPlan.Settings settings = plan.settings();
        StringBuilder text = new StringBuilder();
        text.append("bucket ")
                .append(plan.bucket())
                .append(" on ")
                .append(plan.store())
                .append('\n');
        line(text, "access", plan.closed() ? "closed: no key, no permission, data kept" : "open");
        new TreeMap<>(settings.tags()).forEach((key, value) -> line(text, "tag " + key, value));
        line(text, "object lock", settings.objectLock() ? "on, without default retention" : LEFT_ALONE);
        line(text, "public access block", settings.publicAccessBlock() ? "all four" : LEFT_ALONE);
        line(
                text,
                "ownership",
                settings.ownership() == null ? LEFT_ALONE : settings.ownership().name());
        line(text, "acl", "owner only");
        line(text, "versioning", settings.versioning() ? "Enabled" : LEFT_ALONE);
        line(text, "encryption", settings.encryption() ? "AES256" : LEFT_ALONE);
        line(text, "lifecycle", lifecycle(settings.lifecycle()));
        line(text, "cross origin", crossOrigin(settings.cors()));
        line(text, "quota", quota(settings.quotaBytes()));
        plan.keys()
                .bySlot()
                .forEach((slot, key) -> line(
                        text,
                        "key slot " + slot.number(),
                        key.accessKeyId() + (plan.live().contains(slot) ? "" : " (none)")));
        BucketPolicy policy = plan.policy();
        text.append("bucket policy\n")
                .append(policy == null ? "none" : policy.text())
                .append('\n');
        if (!plan.notEnforceable().isEmpty()) {
            text.append("not enforceable\n");
            for (Finding finding : plan.notEnforceable()) {
                text.append("  ").append(finding.text()).append('\n');
            }
        }
        return text.toString();
    }

    private static String quota(@Nullable Long bytes) {
        if (bytes == null) {
            return LEFT_ALONE;
        }
        return bytes == 0 ? "none" : bytes + " bytes";
    }

    private static String lifecycle(@Nullable BucketLifecycle lifecycle) {
        return lifecycle == null
                ? LEFT_ALONE
                : "old versions " + lifecycle.noncurrentDays() + " days, unfinished uploads "
                        + lifecycle.abortMultipartDays() + " days, expired markers at once";
    }

    private static String crossOrigin(@Nullable List<CrossOriginRule> rules) {
        if (rules == null) {
            return LEFT_ALONE;
        }
        return rules.isEmpty()
                ? "none"
                : rules.stream().map(CrossOriginRule::text).collect(Collectors.joining("; "));
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("  ")
                .append(name)
                .append(" ".repeat(Math.max(1, COLUMN - name.length())))
                .append(value)
                .append('\n');
    }
}
