package dev.bulkhead.operator.access;

/** A ServiceAccount that the operator, or what proves its work, runs as. */
public record OperatorAccount(String namespace, String name) {}
