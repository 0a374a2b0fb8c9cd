/** Tests of the probes against a real API server: they see what is closed, and they see what is opened. */
@NullMarked
package dev.bulkhead.e2e.operator.probe;

import org.jspecify.annotations.NullMarked;
