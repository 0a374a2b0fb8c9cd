/** What happens to a tenant, and to its data, when its Tenant goes and comes again. */
@NullMarked
package dev.bulkhead.e2e.operator.removal;

import org.jspecify.annotations.NullMarked;
