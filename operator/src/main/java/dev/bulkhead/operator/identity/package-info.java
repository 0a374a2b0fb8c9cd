/** Names and marks that derive from a tenant's identity, and nothing else. */
@NullMarked
package dev.bulkhead.operator.identity;

import org.jspecify.annotations.NullMarked;
