package dev.bulkhead.operator.probe.connection;

/**
 * The image of the prober's pods: the operator's, or a copy of it that tenants' namespaces can pull.
 *
 * @param name with tag or digest
 * @param pullPolicy {@code Always}, {@code IfNotPresent} or {@code Never}
 */
public record ProbeImage(String name, String pullPolicy) {}
