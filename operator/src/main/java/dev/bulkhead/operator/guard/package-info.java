/** The guards (admission policies): kept as the chart wrote them, and tried out. */
@NullMarked
package dev.bulkhead.operator.guard;

import org.jspecify.annotations.NullMarked;
