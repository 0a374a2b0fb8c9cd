/** What is delivered into a tenant's namespaces so that its workflows find their way. */
@NullMarked
package dev.bulkhead.operator.delivery;

import org.jspecify.annotations.NullMarked;
