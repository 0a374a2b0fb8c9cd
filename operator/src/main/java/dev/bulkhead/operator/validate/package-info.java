/** From a Tenant as somebody wrote it to a tenant the planners can rely on. Pure. */
@NullMarked
@Pure
package dev.bulkhead.operator.validate;

import dev.bulkhead.operator.Pure;
import org.jspecify.annotations.NullMarked;
