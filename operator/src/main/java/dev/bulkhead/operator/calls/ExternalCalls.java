package dev.bulkhead.operator.calls;

/**
 * Sees every request to a backend. Production counts them; tests let the n-th fail, or everything after it, which is
 * what a crash looks like from outside.
 */
public interface ExternalCalls {
    /** The systems a tenant's compartment is made of. */
    enum Backend {
        kubernetes,
        postgresql,
        s3
    }

    /** Whether a request can change anything. */
    enum Verb {
        read,
        write
    }

    /**
     * Called before a request leaves.
     *
     * @param what kind and name, such as {@code POST networkpolicies}; never contents
     * @throws RuntimeException to keep the request from leaving
     */
    void before(Backend backend, Verb verb, String what);

    /**
     * Called when the answer is in.
     *
     * @param result {@code ok} or a short word for the failure, such as {@code 409}
     * @throws RuntimeException to lose the answer
     */
    void after(Backend backend, Verb verb, String what, String result);

    /** Sees nothing. */
    static ExternalCalls unobserved() {
        return new ExternalCalls() {
            @Override
            public void before(Backend backend, Verb verb, String what) {}

            @Override
            public void after(Backend backend, Verb verb, String what, String result) {}
        };
    }
}
