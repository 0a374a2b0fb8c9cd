/** What happens when a write is the last one, when a backend is away, and when something foreign is in the way. */
@NullMarked
package dev.bulkhead.e2e.operator.faults;

import org.jspecify.annotations.NullMarked;
