package dev.bulkhead.e2e.soak;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the pipeline's repository says of a tenant at one commit: another spec for each step. Pure. */
final class SpecChanges {
    private static final List<Consumer<Map<String, Object>>> CHANGES = List.of(
            _ -> {},
            spec -> list(map(spec, "network"), "egress")
                    .add(new LinkedHashMap<>(Map.of(
                            "name",
                            "more",
                            "cidrs",
                            List.of("203.0.113.128/26"),
                            "ports",
                            List.of(Map.of("port", 443)),
                            "subprocessor",
                            "more"))),
            spec -> map(spec, "quota").put("pods", 31),
            spec -> list(map(spec, "objectStore"), "deliverTo").add("jobs"),
            spec -> list(map(spec, "people"), "users")
                    .add(new LinkedHashMap<>(Map.of("user", "temp@soak.example", "until", "2099-12-31"))),
            spec -> workflow(spec, workflow -> workflow.put("replicas", 3)),
            spec -> workflow(
                    spec,
                    workflow -> workflow.put(
                            "env", List.of(Map.of("name", "SOAK", "value", String.valueOf(spec.get("displayName")))))),
            spec -> map(spec, "database").put("connectionLimit", 24),
            spec -> list(map(spec, "people"), "users").clear());

    private SpecChanges() {}

    /** How many kinds of change there are; each differs from the one before. */
    static int kinds() {
        return CHANGES.size();
    }

    /** The spec at a step: the base with another name for each step, and one more change. */
    static Map<String, Object> at(Map<String, Object> base, int step) {
        Map<String, Object> spec = copy(base);
        spec.put("displayName", "Soak, step " + step);
        CHANGES.get(step % CHANGES.size()).accept(spec);
        return spec;
    }

    /** The spec of a tenant that is suspended in every other stretch of so many steps. */
    static Map<String, Object> suspendedInTurns(Map<String, Object> base, int step, int stretch) {
        Map<String, Object> spec = copy(base);
        if (step / stretch % 2 == 1) {
            spec.put("suspend", true);
        }
        return spec;
    }

    private static void workflow(Map<String, Object> spec, Consumer<Map<String, Object>> change) {
        Object workflows = spec.get("workflows");
        if (workflows instanceof List<?> some && !some.isEmpty()) {
            change.accept(cast(some.getFirst()));
        }
    }

    private static Map<String, Object> map(Map<String, Object> parent, String name) {
        return cast(Objects.requireNonNull(parent.get(name), name));
    }

    @SuppressWarnings("unchecked") // of a manifest
    private static List<Object> list(Map<String, Object> parent, String name) {
        return (List<Object>) Objects.requireNonNull(parent.get(name), name);
    }

    @SuppressWarnings("unchecked") // of a manifest, which has names for keys
    private static Map<String, Object> cast(Object value) {
        return (Map<String, Object>) value;
    }

    private static Map<String, Object> copy(Map<String, Object> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((name, value) -> copy.put(name, copied(value)));
        return copy;
    }

    private static Object copied(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return copy(cast(map));
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(copied(element)));
            return copy;
        }
        return Objects.requireNonNull(value);
    }
}
