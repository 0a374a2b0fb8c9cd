/** Removal and what is left behind. */
@NullMarked
package dev.bulkhead.operator.lifecycle;

import org.jspecify.annotations.NullMarked;
