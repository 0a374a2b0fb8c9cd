/** Attempts to get out of a tenant's bucket with the tenant's own key, and into it with none. */
@NullMarked
package dev.bulkhead.operator.probe.objectstore;

import org.jspecify.annotations.NullMarked;
