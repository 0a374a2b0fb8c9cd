/**
 * Real connections: short-lived pods in the namespaces of tenants try what the network has to refuse, beside what it has
 * to let through. {@link ProbePod} is the program in those pods, everything else runs in the prober.
 */
@NullMarked
package dev.bulkhead.operator.probe.connection;

import org.jspecify.annotations.NullMarked;
