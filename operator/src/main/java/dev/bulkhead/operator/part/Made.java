package dev.bulkhead.operator.part;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import java.util.List;

/**
 * What came of applying one part.
 *
 * @param reached whether it was tried: what was held back left nothing behind
 * @param outcomes one for each step
 */
@Pure
public record Made(boolean reached, List<Outcome> outcomes) {
    /** Makes the list immutable. */
    public Made {
        outcomes = List.copyOf(outcomes);
    }

    /** Whether it was reached and every step of it is as planned. */
    public boolean done() {
        return reached && outcomes.stream().allMatch(Outcome::done);
    }

    /** Why it is not through. */
    public List<Finding> findings() {
        return outcomes.stream().flatMap(o -> o.findings().stream()).toList();
    }

    /** What servers would not take, although the part is through. */
    public List<Finding> refused() {
        return outcomes.stream().flatMap(o -> o.refused().stream()).toList();
    }
}
