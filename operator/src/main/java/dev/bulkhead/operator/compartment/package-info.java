/** All parts of a tenant's compartment, and the one order in which they come. */
@NullMarked
package dev.bulkhead.operator.compartment;

import org.jspecify.annotations.NullMarked;
