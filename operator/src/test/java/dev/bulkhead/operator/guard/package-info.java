/** Tests of the guards' texts and of what their self-test concludes. */
@NullMarked
package dev.bulkhead.operator.guard;

import org.jspecify.annotations.NullMarked;
