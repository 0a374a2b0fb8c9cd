package dev.bulkhead.operator.backend;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.objectstore.StoreCalls;
import java.time.Duration;

/** Reports requests to object stores. */
record CountedStoreCalls(ExternalCalls calls) implements StoreCalls {
    @Override
    public void before(Verb verb, String operation) {
        calls.before(ExternalCalls.Backend.s3, verb(verb), operation);
    }

    @Override
    public void after(Verb verb, String operation, String result, Duration took) {
        calls.after(ExternalCalls.Backend.s3, verb(verb), operation, result);
    }

    private static ExternalCalls.Verb verb(Verb verb) {
        return switch (verb) {
            case READ -> ExternalCalls.Verb.read;
            case WRITE -> ExternalCalls.Verb.write;
        };
    }
}
