/** The whole operator in this JVM, with its own rights, against the real servers of the stack. */
@NullMarked
package dev.bulkhead.e2e.operator;

import org.jspecify.annotations.NullMarked;
