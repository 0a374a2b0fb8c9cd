/** Attempts to get out of a tenant's schema with the tenant's own login. */
@NullMarked
package dev.bulkhead.operator.probe.database;

import org.jspecify.annotations.NullMarked;
