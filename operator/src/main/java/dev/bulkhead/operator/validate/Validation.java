package dev.bulkhead.operator.validate;

import dev.bulkhead.operator.outcome.Finding;
import java.util.List;

/** What validating a Tenant led to. */
public sealed interface Validation {
    /** What is in the way; nothing where the Tenant is valid. */
    default List<Finding> obstacles() {
        return switch (this) {
            case Valid _ -> List.of();
            case Invalid invalid -> invalid.findings();
        };
    }

    /**
     * The planners can rely on it.
     *
     * @param looser fields that are looser than the profile: a profile was tightened after the tenant was made. The
     *     tenant stays as it is and is Degraded; a new tenant is refused
     */
    record Valid(ValidTenant tenant, List<Finding> looser) implements Validation {
        /** Makes the list immutable. */
        public Valid {
            looser = List.copyOf(looser);
        }
    }

    /** Somebody has to change the Tenant or the platform; nothing was touched. */
    record Invalid(List<Finding> findings) implements Validation {
        /** Makes the list immutable. */
        public Invalid {
            findings = List.copyOf(findings);
        }
    }
}
