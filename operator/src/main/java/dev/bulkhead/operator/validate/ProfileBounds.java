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
                for (BoundField.FieldReading reading : field.read(spec, name)) {
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
            BoundField field, BoundField.FieldReading reading, Bound bound, String profile, Findings findings) {
        String value = reading.value();
        Scale scale = field.scale();
        String says = " (profile " + profile + ", measure " + String.join(", ", bound.measure()) + ")";
        if (value == null) {
            if (bound.oneOf() == null || !bound.oneOf().contains(Scale.UNLIMITED)) {
                findings.add(field.reason(), reading.subject(), absent(field, demand(scale, bound)) + says);
            }
            return;
        }
        if (!scale.readable(value) && scale != Scale.PRESENCE) {
            return; // the field's own rule says so
        }
        boolean stricter = (bound.min() == null || scale.atLeast(value, bound.min()))
                && (bound.max() == null || scale.atMost(value, bound.max()))
                && (bound.oneOf() == null || scale.allows(value, bound.oneOf()));
        if (!stricter) {
            findings.add(field.reason(), reading.subject(), present(field, value, demand(scale, bound)) + says);
        }
    }

    private static String absent(BoundField field, String demand) {
        return switch (field) {
            case PEOPLE_ADMINS, PEOPLE_USERS, PEOPLE_AUDITORS ->
                "must be " + demand + ", and nobody can count a group; name each person";
            case OBJECT_STORE_QUOTA -> "is not limited, but must be " + demand;
            default -> "is missing, but must be " + demand;
        };
    }

    private static String present(BoundField field, String value, String demand) {
        return switch (field) {
            case PROTECTION_HIGH_FOR -> "must be high for data of category " + value;
            case WORKFLOWS_IMAGE -> "is given by " + value + ", but must be given by " + demand;
            case PEOPLE_ADMINS, PEOPLE_USERS, PEOPLE_AUDITORS, NAMESPACES -> "are " + value + ", but must be " + demand;
            default -> Quoted.of(value) + " is not allowed; must be " + demand;
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
            parts.add(choice(scale, bound.oneOf()));
        }
        return String.join(" and ", parts);
    }

    private static String choice(Scale scale, List<String> oneOf) {
        if (scale == Scale.PRESENCE) {
            return "given";
        }
        if (oneOf.size() > 1) {
            return "one of " + String.join(", ", oneOf);
        }
        return oneOf.getFirst().equals(Scale.UNLIMITED) ? "left out, without a limit" : oneOf.getFirst();
    }
}
