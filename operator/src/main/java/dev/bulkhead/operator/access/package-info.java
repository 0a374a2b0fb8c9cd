/** Who may do what in a tenant's namespaces. */
@NullMarked
package dev.bulkhead.operator.access;

import org.jspecify.annotations.NullMarked;
