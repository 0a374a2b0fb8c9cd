/** Names and marks that derive from a tenant's identity, and nothing else. */
@NullMarked
@Pure
package dev.bulkhead.operator.identity;

import dev.bulkhead.operator.Pure;
import org.jspecify.annotations.NullMarked;
