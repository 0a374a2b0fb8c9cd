/** The way of one Tenant event: observe, validate, plan, apply, report. */
@NullMarked
package dev.bulkhead.operator.tenant;

import org.jspecify.annotations.NullMarked;
