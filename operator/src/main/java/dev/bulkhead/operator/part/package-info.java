/** What every part of a tenant's compartment is: a plan, how it is applied and closed, and what is said of it. */
@NullMarked
package dev.bulkhead.operator.part;

import org.jspecify.annotations.NullMarked;
