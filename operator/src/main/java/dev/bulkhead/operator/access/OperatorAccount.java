package dev.bulkhead.operator.access;

/** The ServiceAccount the operator runs as. */
public record OperatorAccount(String namespace, String name) {}
