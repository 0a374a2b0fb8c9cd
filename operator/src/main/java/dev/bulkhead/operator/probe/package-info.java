/** Break-out attempts: what tries, as the tenant would, to get out of its compartment. */
@NullMarked
package dev.bulkhead.operator.probe;

import org.jspecify.annotations.NullMarked;
