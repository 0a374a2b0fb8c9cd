package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.outcome.Look;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one server or store without asking it.
 *
 * @param capabilities what this process found that it can do, else what its status remembers; empty where nobody ever
 *     asked it
 * @param look the last look at it and its tenants that was through; before the first of this process, when that began
 */
public record BackendView(Optional<List<Capability>> capabilities, Optional<Look> look) {
    /** Nothing is known. */
    public static final BackendView UNKNOWN = new BackendView(Optional.empty(), Optional.empty());

    /** What it can do and what it cannot; nothing where nobody ever asked it. */
    public List<Capability> known() {
        return capabilities.orElse(List.of());
    }

    /** What it cannot do. */
    public List<Capability> lacking() {
        return known().stream().filter(c -> !c.available()).toList();
    }
}
