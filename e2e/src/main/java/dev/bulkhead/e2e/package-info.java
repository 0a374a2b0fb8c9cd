/** The command line of the local stack: {@code ./bulkhead up | down | status | kubectl}. */
@NullMarked
package dev.bulkhead.e2e;

import org.jspecify.annotations.NullMarked;
