package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantProfileSpec.Bound;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Holds a Tenant against the bounds of its profile: it may only be stricter. Every message names the measures that the
 * bound keeps, because whoever wants it changed has to change a promise.
 */
final class ProfileBounds {
    private ProfileBounds() {}

    /** What is looser than the profile, and what in the profile cannot be read; in the order of the field names. */
    static void check(TenantSpec spec, String profile, TenantProfileSpec rules, Findings findings) {
        rules.bounds().forEach((name, bound) -> {
            BoundField field = BoundField.of(name);
            String place = "TenantProfile " + profile + " spec.bounds[" + Quoted.of(name) + "]";
            if (field == null) {
                findings.add(Reason.InvalidProfile, place, "is no field that can be bound; there are " + known());
            } else if (readable(field.scale(), bound, place, findings)) {
                for (BoundField.Reading reading : field.read(spec, name)) {
                    looser(field, reading, bound, profile, findings);
                }
            }
        });
    }

    private static String known() {
        return Arrays.stream(BoundField.values()).map(BoundField::path).collect(Collectors.joining(", "));
    }

    private static boolean readable(Scale scale, Bound bound, String place, Findings findings) {
        List<String> unreadable = new ArrayList<>();
        for (String limit : limits(bound)) {
            if (!scale.readable(limit)) {
                unreadable.add(limit);
            }
        }
        if (bound.oneOf() != null) {
            bound.oneOf().stream().filter(v -> !scale.readableChoice(v)).forEach(unreadable::add);
        }
        unreadable.forEach(v -> findings.add(
                Reason.InvalidProfile, place, Quoted.of(v) + " must be " + scale.form() + "; correct the profile"));
        if (!scale.ordered() && (bound.min() != null || bound.max() != null)) {
            findings.add(Reason.InvalidProfile, place, "takes oneOf only; its values have no order");
            return false;
        }
        if (bound.min() == null && bound.max() == null && bound.oneOf() == null) {
            findings.add(Reason.InvalidProfile, place, "bounds nothing; give min, max or oneOf");
            return false;
        }
        return unreadable.isEmpty();
    }

    private static List<String> limits(Bound bound) {
        List<String> limits = new ArrayList<>();
        if (bound.min() != null) {
            limits.add(bound.min());
        }
        if (bound.max() != null) {
            limits.add(bound.max());
        }
        return limits;
    }

    private static void looser(
            BoundField field, BoundField.Reading reading, Bound bound, String profile, Findings findings) {
        String value = reading.value();
        Scale scale = field.scale();
        boolean unlimited = bound.oneOf() != null && bound.oneOf().contains(Scale.UNLIMITED);
        if (value == null) {
            if (!unlimited) {
                findings.add(
                        field.reason(), reading.subject(), absent(field) + demand(scale, bound) + says(profile, bound));
            }
            return;
        }
        boolean form = scale.readable(value) || scale == Scale.PRESENCE;
        if (!form) {
            return; // the field's own rule says so
        }
        boolean stricter = (bound.min() == null || scale.atLeast(value, bound.min()))
                && (bound.max() == null || scale.atMost(value, bound.max()))
                && (bound.oneOf() == null || scale.allows(value, bound.oneOf()));
        if (!stricter) {
            findings.add(
                    field.reason(),
                    reading.subject(),
                    Quoted.of(value) + " is looser than " + demand(scale, bound) + says(profile, bound));
        }
    }

    private static String absent(BoundField field) {
        return switch (field) {
            case PEOPLE_ADMINS, PEOPLE_USERS, PEOPLE_AUDITORS ->
                "nobody can count the people of a group; name persons: ";
            case OBJECT_STORE_QUOTA -> "without a limit it is looser than ";
            default -> "is missing; give ";
        };
    }

    private static String demand(Scale scale, Bound bound) {
        List<String> parts = new ArrayList<>();
        if (bound.min() != null && bound.min().equals(bound.max())) {
            parts.add("exactly " + bound.min());
        } else {
            if (bound.min() != null) {
                parts.add("at least " + bound.min());
            }
            if (bound.max() != null) {
                parts.add("at most " + bound.max());
            }
        }
        if (bound.oneOf() != null) {
            String list = String.join(", ", bound.oneOf());
            parts.add(
                    switch (scale) {
                        case EXCLUDED -> "high, which these categories need: " + list;
                        case PRESENCE -> "a value";
                        case DURATION -> list.equals(Scale.UNLIMITED) ? "no limit at all" : "one of " + list;
                        case COUNT, QUANTITY, LEVEL, WORD, PORTS -> "one of " + list;
                    });
        }
        return String.join(" and ", parts);
    }

    private static String says(String profile, Bound bound) {
        return " (profile " + profile + ", measure " + String.join(", ", bound.measure()) + ")";
    }
}
