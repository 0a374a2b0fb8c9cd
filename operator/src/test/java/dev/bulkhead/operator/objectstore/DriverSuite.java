package dev.bulkhead.operator.objectstore;

import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** A class of the conformance suite whose tests share one server for each driver. */
@EveryDriver
abstract class DriverSuite {
    static TestStore store;

    final StoreKind kind;

    DriverSuite(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeParameterizedClassInvocation
    static void start(StoreKind kind) {
        store = TestStore.start(kind);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        store.close();
    }
}
