/** {@code ./bulkhead soak}: unrest on a running stack, and who of the others notices. */
@NullMarked
package dev.bulkhead.e2e.soak;

import org.jspecify.annotations.NullMarked;
