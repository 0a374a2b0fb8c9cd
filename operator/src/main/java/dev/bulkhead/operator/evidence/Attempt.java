package dev.bulkhead.operator.evidence;

/**
 * One thing that was tried, and how it ended.
 *
 * @param actor as whom, such as {@code database login of klinik-nord}; never a credential
 * @param target on what, such as {@code schema t_… of ankerwerk}
 * @param ending how it ended
 * @param detail the exact answer: an SQLSTATE, an HTTP status and code, the name of the policy that refused; no secret
 */
public record Attempt(String actor, String target, Ending ending, String detail) {
    /** An attempt that did what it set out to do. */
    public static Attempt succeeded(String actor, String target, String detail) {
        return new Attempt(actor, target, Ending.Succeeded, detail);
    }

    /** An attempt that was refused by the boundary. */
    public static Attempt refused(String actor, String target, String detail) {
        return new Attempt(actor, target, Ending.Refused, detail);
    }

    /** An attempt whose end says nothing about the boundary. */
    public static Attempt broken(String actor, String target, String detail) {
        return new Attempt(actor, target, Ending.Broken, detail);
    }

    @Override
    public String toString() {
        return actor + " on " + target + ": " + ending + (detail.isEmpty() ? "" : " (" + detail + ")");
    }
}
