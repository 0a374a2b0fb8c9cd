/** The guards on a real API server. */
@NullMarked
package dev.bulkhead.e2e.guard;

import org.jspecify.annotations.NullMarked;
