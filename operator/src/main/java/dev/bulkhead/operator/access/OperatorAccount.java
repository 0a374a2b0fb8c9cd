package dev.bulkhead.operator.access;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.validate.PlatformSettings;

/** A ServiceAccount that the operator, or what proves its work, runs as. */
@Pure
public record OperatorAccount(String namespace, String name) {
    /** The operator's own. */
    public static OperatorAccount operator(PlatformSettings settings) {
        return new OperatorAccount(settings.operatorNamespace(), "bulkhead-operator");
    }

    /** The prober's. */
    public static OperatorAccount prober(PlatformSettings settings) {
        return new OperatorAccount(settings.operatorNamespace(), "bulkhead-prober");
    }
}
