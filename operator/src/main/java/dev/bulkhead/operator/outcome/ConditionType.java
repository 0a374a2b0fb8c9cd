package dev.bulkhead.operator.outcome;

import dev.bulkhead.api.v1beta1.Condition;

/**
 * Every condition that the operator sets, in the order in which people ask for them. {@code docs/conditions.md} is
 * generated from it; a type is never renamed.
 */
public enum ConditionType {
    Ready(
            "Everything the spec asks for is in place, and every control that the profile requires is enforced. What GitOps"
                    + " waits for. Pods and probes are conditions of their own."),
    Reconciling("The operator is still working towards the spec and needs nobody."),
    Stalled("The operator cannot go on before somebody changes the object or the platform."),
    WorkloadsAvailable("All pods of all workflows are available, in the version that the spec names."),
    IsolationVerified("Probes tried to break out and did not get through, recently enough."),
    IsolationBreach("A probe got through. Stays True until somebody acknowledges it, also when mended."),
    EvidenceFresh("The proofs are not older than they count."),
    ReportComplete("The report has room for every attempt that was not refused."),
    AttestationsCurrent("What somebody has to declare is declared and has not run out."),
    BackupsHealthy("Backups ran on schedule and can be read."),
    RetentionHealthy("Each class of data was deleted in time.");

    private final String meaning;

    ConditionType(String meaning) {
        this.meaning = meaning;
    }

    /** What True means. */
    public String meaning() {
        return meaning;
    }

    /** Whether a condition in a status is of this type. */
    public boolean is(Condition condition) {
        return condition.type().equals(name());
    }
}
