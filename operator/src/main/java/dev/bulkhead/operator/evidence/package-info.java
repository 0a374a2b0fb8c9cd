/** Controls and their verdicts. */
@NullMarked
package dev.bulkhead.operator.evidence;

import org.jspecify.annotations.NullMarked;
