/** The bench's arithmetic; its runs are measurements, not tests. */
@NullMarked
package dev.bulkhead.e2e.bench;

import org.jspecify.annotations.NullMarked;
