package dev.bulkhead.operator.database;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;

/** Reports exchanges with database servers: one call for each round trip, however many statements travel in it. */
record CountedSqlTraffic(ExternalCalls calls) implements SqlTraffic {
    @Override
    public void sending(TrafficKind kind, String database, int statements) {
        calls.before(ExternalCalls.Backend.postgresql, verb(kind), kind.name());
    }

    @Override
    public void answered(TrafficKind kind, String database) {
        calls.after(ExternalCalls.Backend.postgresql, verb(kind), kind.name(), "ok");
    }

    private static Verb verb(TrafficKind kind) {
        return switch (kind) {
            case LOOK, LOGIN -> Verb.read;
            case WRITE, COMMIT, TERMINATE -> Verb.write;
        };
    }
}
