/** From a Tenant as somebody wrote it to a tenant the planners can rely on. Pure. */
@NullMarked
package dev.bulkhead.operator.validate;

import org.jspecify.annotations.NullMarked;
