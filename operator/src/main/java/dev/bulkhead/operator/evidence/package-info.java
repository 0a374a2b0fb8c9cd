/** Controls and their verdicts. */
@NullMarked
@Pure
package dev.bulkhead.operator.evidence;

import dev.bulkhead.operator.Pure;
import org.jspecify.annotations.NullMarked;
