/** Measures the operator on a stack of its own, beside a bare replay of the very same writes. */
@NullMarked
package dev.bulkhead.e2e.bench;

import org.jspecify.annotations.NullMarked;
