/** Workflow containers of a tenant, hardened. */
@NullMarked
package dev.bulkhead.operator.workflow;

import org.jspecify.annotations.NullMarked;
