/**
 * Exchange of tenants' credentials and keys. It writes nothing but the record on the key ring and waits for the tenant's
 * ordinary pass to bring the world there.
 */
@NullMarked
package dev.bulkhead.operator.rotation;

import org.jspecify.annotations.NullMarked;
