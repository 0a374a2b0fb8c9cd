/** Credentials and keys are exchanged under a tenant that goes on working. */
@NullMarked
package dev.bulkhead.e2e.operator.rotation;

import org.jspecify.annotations.NullMarked;
