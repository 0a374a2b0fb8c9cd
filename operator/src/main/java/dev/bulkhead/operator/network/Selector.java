package dev.bulkhead.operator.network;

import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A label selector as the API server reads it: all requirements have to be met, and none at all selects everything.
 *
 * @param requirements in order of their keys
 */
@Pure
public record Selector(List<Requirement> requirements) {
    /** Selects everything. */
    public static final Selector EVERYTHING = new Selector(List.of());

    /** Makes the list immutable. */
    public Selector {
        requirements = List.copyOf(requirements);
    }

    /** What a requirement asks of a label. */
    public enum Operator {
        /** It is there, with one of the values. */
        In,
        /** It is not there, or with none of the values. */
        NotIn,
        Exists,
        DoesNotExist
    }

    /** A requirement on one label. */
    public record Requirement(String key, Operator operator, Set<String> values) {
        /** Makes the set immutable. */
        public Requirement {
            values = Set.copyOf(values);
        }

        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case In -> value != null && values.contains(value);
                case NotIn -> value == null || !values.contains(value);
                case Exists -> value != null;
                case DoesNotExist -> value == null;
            };
        }

        /** Met exactly when this one is not. */
        Requirement opposite() {
            return new Requirement(
                    key,
                    switch (operator) {
                        case In -> Operator.NotIn;
                        case NotIn -> Operator.In;
                        case Exists -> Operator.DoesNotExist;
                        case DoesNotExist -> Operator.Exists;
                    },
                    values);
        }

        @Override
        public String toString() {
            return switch (operator) {
                case In -> values.size() == 1 ? key + "=" + values.iterator().next() : key + " in " + sorted();
                case NotIn -> key + " not in " + sorted();
                case Exists -> key;
                case DoesNotExist -> "!" + key;
            };
        }

        private Set<String> sorted() {
            return new TreeSet<>(values);
        }
    }

    /**
     * Reads a selector; absent means everything.
     *
     * @throws IllegalArgumentException when it has an operator that this version does not know
     */
    public static Selector of(@Nullable LabelSelector selector) {
        if (selector == null) {
            return EVERYTHING;
        }
        List<Requirement> all = new ArrayList<>();
        if (selector.getMatchLabels() != null) {
            new TreeMap<>(selector.getMatchLabels())
                    .forEach((key, value) -> all.add(new Requirement(key, Operator.In, Set.of(value))));
        }
        if (selector.getMatchExpressions() != null) {
            for (LabelSelectorRequirement r : selector.getMatchExpressions()) {
                all.add(new Requirement(
                        r.getKey(),
                        Operator.valueOf(r.getOperator()),
                        r.getValues() == null ? Set.of() : Set.copyOf(r.getValues())));
            }
        }
        return new Selector(all);
    }

    /** Whether something with these labels is selected. */
    public boolean matches(Map<String, String> labels) {
        return requirements.stream().allMatch(r -> r.matches(labels));
    }

    /** Whether everything it selects has these labels, as far as a look at single requirements tells. */
    public boolean implies(Map<String, String> labels) {
        return labels.entrySet().stream()
                .allMatch(label -> requirements.stream()
                        .anyMatch(r -> r.operator() == Operator.In
                                && r.key().equals(label.getKey())
                                && r.values().equals(Set.of(label.getValue()))));
    }

    @Override
    public String toString() {
        return requirements.isEmpty()
                ? "any"
                : String.join(
                        ", ", requirements.stream().map(Requirement::toString).toList());
    }
}
