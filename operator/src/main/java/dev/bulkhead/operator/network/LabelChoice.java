package dev.bulkhead.operator.network;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.network.Selector.Requirement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether a pod can be labelled so that some selectors select it and others do not. Whoever makes a pod chooses its
 * labels, so this, and not what runs today, decides what a policy holds back.
 *
 * <p>To escape several selectors means to fail one requirement of each, and trying all combinations takes exponential
 * time. After {@value #STEPS} steps, or with more than {@value #SELECTORS} selectors, the answer is yes, the worse one.
 */
@Pure
final class LabelChoice {
    private static final int STEPS = 20_000;
    private static final int SELECTORS = 200;

    private int steps;

    private LabelChoice() {}

    /** Whether labels exist that all of {@code selected} select and none of {@code escaped}. */
    static boolean exists(List<Selector> selected, List<Selector> escaped) {
        if (escaped.stream().anyMatch(selector -> selector.requirements().isEmpty())) {
            return false; // the usual case: one policy for every pod
        }
        if (escaped.size() > SELECTORS) {
            return true;
        }
        Map<String, Label> labels = new HashMap<>();
        for (Selector selector : selected) {
            for (Requirement requirement : selector.requirements()) {
                if (!add(labels, requirement)) {
                    return false;
                }
            }
        }
        return new LabelChoice().escape(labels, escaped, 0);
    }

    private boolean escape(Map<String, Label> labels, List<Selector> escaped, int next) {
        if (next == escaped.size()) {
            return true;
        }
        for (Requirement requirement : escaped.get(next).requirements()) {
            if (++steps > STEPS) {
                return true;
            }
            Map<String, Label> more = new HashMap<>(labels);
            if (add(more, requirement.opposite()) && escape(more, escaped, next + 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean add(Map<String, Label> labels, Requirement requirement) {
        Label label = labels.getOrDefault(requirement.key(), Label.FREE).with(requirement);
        labels.put(requirement.key(), label);
        return label.possible();
    }

    /**
     * What is known of one label.
     *
     * @param present it has to be there
     * @param absent it must not be there
     * @param oneOf its values, null where any will do
     * @param noneOf values it does not have, where it is there
     */
    private record Label(
            boolean present, boolean absent, @Nullable Set<String> oneOf, Set<String> noneOf) {
        static final Label FREE = new Label(false, false, null, Set.of());

        Label with(Requirement requirement) {
            return switch (requirement.operator()) {
                case In -> new Label(true, absent, common(oneOf, requirement.values()), noneOf);
                case NotIn -> new Label(present, absent, oneOf, all(noneOf, requirement.values()));
                case Exists -> new Label(true, absent, oneOf, noneOf);
                case DoesNotExist -> new Label(present, true, oneOf, noneOf);
            };
        }

        /** There are more values than anybody can name, so a list of what is forbidden never uses them up. */
        boolean possible() {
            return !(present && absent) && (!present || oneOf == null || !noneOf.containsAll(oneOf));
        }

        private static Set<String> common(@Nullable Set<String> before, Set<String> more) {
            Set<String> both = new TreeSet<>(more);
            if (before != null) {
                both.retainAll(before);
            }
            return both;
        }

        private static Set<String> all(Set<String> before, Set<String> more) {
            Set<String> all = new HashSet<>(before);
            all.addAll(more);
            return all;
        }
    }
}
