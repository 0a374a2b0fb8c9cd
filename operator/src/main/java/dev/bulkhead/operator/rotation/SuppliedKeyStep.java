package dev.bulkhead.operator.rotation;

import dev.bulkhead.operator.job.Advance;
import dev.bulkhead.operator.job.JobStep;
import dev.bulkhead.operator.outcome.Reason;

/** In place of the exchange of a key that the operator did not make. */
record SuppliedKeyStep(String name) implements JobStep {
    @Override
    public Advance advance() {
        return new Advance.Failed(
                Reason.NotEnforceable,
                "this credential is supplied: make a new one at the provider, and put it into the Secret that the"
                        + " tenant's status or the documentation of the backend names");
    }
}
